import { useState } from "react"
import { BookingForm } from "./components/BookingForm"
import { DayPanel } from "./components/DayPanel"
import { Masthead } from "./components/Masthead"
import { Month } from "./components/Month"
import { Upcoming } from "./components/Upcoming"
import { content } from "./content"
import { monthOf, today } from "./days"
import { useEvents } from "./useEvents"

const { sections } = content

export default function App() {
  const { entries, add, remove } = useEvents()
  const [day, setDay] = useState(today)
  const [month, setMonth] = useState(() => monthOf(today()))
  const [hidden, setHidden] = useState<string[]>([])
  const shown = entries.filter((entry) => !hidden.includes(entry.category))
  const here = shown.filter((entry) => entry.day === day)
  const taken = entries.filter((entry) => entry.day === day).map((entry) => entry.time)

  function choose(chosen: string) {
    setDay(chosen)
    setMonth(monthOf(chosen))
  }

  function toggle(category: string) {
    setHidden((old) => (old.includes(category) ? old.filter((id) => id !== category) : [...old, category]))
  }

  return (
    <div className="min-h-dvh">
      <Masthead hidden={hidden} onToggle={toggle} />
      <main className="mx-auto max-w-7xl space-y-10 px-5 py-7">
        <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
          <Month month={month} chosen={day} entries={shown} onChoose={choose} onMonth={setMonth} />
          <div className="space-y-6">
            <DayPanel day={day} entries={here} onRemove={remove} />
            {sections.includes("booking") && <BookingForm day={day} taken={taken} onAdd={add} />}
          </div>
        </div>
        {sections.includes("upcoming") && <Upcoming entries={shown.filter((e) => e.day >= today())} onChoose={choose} />}
      </main>
    </div>
  )
}
