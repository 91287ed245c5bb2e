import { useCallback, useState } from "react"
import { content } from "./content"
import { useStored } from "./storage"

export interface Task {
  id: string
  title: string
  list: string
  done: boolean
}

interface Undo {
  text: string
  tasks: Task[]
}

export type Tasks = ReturnType<typeof useTasks>

/** The tasks and all that can be done to them; each removal can be undone once. */
export function useTasks() {
  const [tasks, setTasks] = useStored("tasks", content.tasks, fromSeed, isTasks)
  const [undoable, setUndoable] = useState<Undo | null>(null)
  const dismiss = useCallback(() => setUndoable(null), [])

  function change(id: string, part: Partial<Task>) {
    setTasks(tasks.map((task) => (task.id === id ? { ...task, ...part } : task)))
    setUndoable(null)
  }

  function drop(keep: Task[], text: string) {
    setUndoable({ text, tasks })
    setTasks(keep)
  }

  return {
    tasks,
    undoable,
    add(title: string, list: string) {
      setTasks([{ id: newId(), title, list, done: false }, ...tasks])
      setUndoable(null)
    },
    rename: (id: string, title: string) => change(id, { title }),
    toggle: (task: Task) => change(task.id, { done: !task.done }),
    remove(task: Task) {
      drop(
        tasks.filter((other) => other.id !== task.id),
        `Removed “${task.title}”.`,
      )
    },
    clearDone() {
      const open = tasks.filter((task) => !task.done)
      drop(open, `Cleared ${tasks.length - open.length} done.`)
    },
    undo() {
      if (undoable) setTasks(undoable.tasks)
      setUndoable(null)
    },
    dismiss,
  }
}

function newId() {
  return Date.now().toString(36) + Math.random().toString(36).slice(2)
}

function fromSeed(seed: typeof content.tasks): Task[] {
  return seed.map((task, index) => ({ ...task, id: `seed-${index}` }))
}

function isTasks(value: unknown): value is Task[] {
  return (
    Array.isArray(value) &&
    value.every(
      (task: Partial<Task> | null) =>
        typeof task?.id === "string" &&
        typeof task.title === "string" &&
        typeof task.list === "string" &&
        typeof task.done === "boolean",
    )
  )
}
