import { useEffect, useState, type ReactNode } from "react"
import { chime } from "./chime"
import { Log } from "./components/Log"
import { SettingsPanel } from "./components/SettingsPanel"
import { Tasks } from "./components/Tasks"
import { TimerPanel } from "./components/TimerPanel"
import { Today } from "./components/Today"
import { content } from "./content"
import { useDesk } from "./useDesk"
import { clock, useTimer } from "./useTimer"

const { app, labels, sections } = content

export default function App() {
  const desk = useDesk()
  const [said, setSaid] = useState("")
  const timer = useTimer(desk.settings, (mode, minutes) => {
    if (mode === "focus") desk.finish(minutes)
    setSaid(mode === "focus" ? labels.focus_over : labels.break_over)
    if (desk.settings.sound) void chime()
  })

  const title = timer.started ? `${clock(timer.left)} ${labels[timer.mode]}` : app.name
  useEffect(() => {
    document.title = title
  }, [title])

  // Space belongs to the clock wherever nothing else wants it.
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const busy = (event.target as Element).closest("input, button, summary, textarea, select, a")
      if (event.key !== " " || busy) return
      event.preventDefault()
      timer.toggle()
    }
    window.addEventListener("keydown", onKey)
    return () => window.removeEventListener("keydown", onKey)
  })

  const parts: Record<string, ReactNode> = {
    tasks: <Tasks key="tasks" desk={desk} />,
    today: <Today key="today" sessions={desk.sessions} />,
    log: <Log key="log" sessions={desk.sessions} onClear={desk.clearSessions} />,
  }

  return (
    <div className="grid grid-cols-1 lg:grid-cols-2">
      <TimerPanel timer={timer} rounds={desk.settings.rounds} task={desk.task?.title} />
      <main className="mx-auto w-full max-w-xl space-y-10 px-5 py-10 lg:py-12">
        <p className="rounded-card bg-accent px-5 py-3 font-bold text-accent-ink empty:hidden" role="status">
          {timer.running ? "" : said}
        </p>
        {sections.map((name) => parts[name])}
        <SettingsPanel settings={desk.settings} onSettings={desk.setSettings} />
        <p className="text-sm text-muted">{labels.hint}</p>
      </main>
    </div>
  )
}
