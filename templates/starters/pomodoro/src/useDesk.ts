import { content, type Seed, type Settings } from "./content"
import { useStored } from "./storage"

export interface Task extends Seed {
  id: string
}

export interface Session {
  /** Milliseconds since 1970, when it ended. */
  at: number
  minutes: number
  task: string
}

const KEPT_SESSIONS = 200

/** What lies on the desk: tasks, the finished sessions, the settings. */
export function useDesk() {
  const [tasks, setTasks] = useStored("tasks", content.tasks, fromSeed, isTasks)
  const [picked, setPicked] = useStored("picked", content.tasks, () => "seed-0", isString)
  const [sessions, setSessions] = useStored("sessions", "", (): Session[] => [], isSessions)
  const [settings, setSettings] = useStored("settings", content.settings, (seed) => seed, isSettings)
  const task = tasks.find(({ id }) => id === picked)

  return {
    tasks,
    task,
    sessions,
    settings,
    setSettings,
    pick: (id: string) => setPicked(id === picked ? "" : id),
    add(title: string, planned: number) {
      const id = Date.now().toString(36) + Math.random().toString(36).slice(2)
      setTasks([...tasks, { id, title, planned, spent: 0 }])
      if (!task) setPicked(id)
    },
    remove: (id: string) => setTasks(tasks.filter((other) => other.id !== id)),
    clearSessions: () => setSessions([]),
    finish(minutes: number) {
      setSessions([{ at: Date.now(), minutes, task: task?.title ?? "" }, ...sessions].slice(0, KEPT_SESSIONS))
      setTasks(tasks.map((other) => (other.id === task?.id ? { ...other, spent: other.spent + 1 } : other)))
    },
  }
}

export type Desk = ReturnType<typeof useDesk>

function fromSeed(seed: Seed[]): Task[] {
  return seed.map((task, index) => ({ ...task, id: `seed-${index}` }))
}

const isString = (value: unknown): value is string => typeof value === "string"
const isCount = (value: unknown) => typeof value === "number" && Number.isFinite(value) && value >= 0

function isTasks(value: unknown): value is Task[] {
  return (
    Array.isArray(value) &&
    value.every(
      (task: Partial<Task> | null) =>
        isString(task?.id) && isString(task.title) && isCount(task.planned) && isCount(task.spent),
    )
  )
}

function isSessions(value: unknown): value is Session[] {
  return (
    Array.isArray(value) &&
    value.every(
      (session: Partial<Session> | null) =>
        isCount(session?.at) && isCount(session?.minutes) && isString(session?.task),
    )
  )
}

function isSettings(value: unknown): value is Settings {
  const settings = value as Partial<Settings> | null
  return (
    typeof settings === "object" &&
    [settings?.focus, settings?.short, settings?.long, settings?.rounds].every(
      (number) => isCount(number) && Number(number) >= 1,
    ) &&
    typeof settings?.sound === "boolean" &&
    typeof settings.auto === "boolean"
  )
}
