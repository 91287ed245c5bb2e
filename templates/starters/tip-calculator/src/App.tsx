import { useState } from "react"
import { BillField } from "./components/BillField"
import { History } from "./components/History"
import { Keypad } from "./components/Keypad"
import { PeopleStepper } from "./components/PeopleStepper"
import { ResultPanel } from "./components/ResultPanel"
import { TipChoice } from "./components/TipChoice"
import { content, shows, type Kept } from "./content"
import { split, typed } from "./split"
import { useKept } from "./useKept"

export function App() {
  const [bill, setBill] = useState(content.start.bill)
  const [tip, setTip] = useState(content.start.tip)
  const [people, setPeople] = useState(content.start.people)
  const [roundUp, setRoundUp] = useState(false)
  const kept = useKept()
  const amount = Number(bill) || 0
  const result = split(amount, tip, people, roundUp)

  const use = (entry: Kept): void => {
    setBill(entry.bill.toFixed(2))
    setTip(entry.tip)
    setPeople(entry.people)
    window.scrollTo(0, 0)
  }

  return (
    <>
      <header className="bg-header text-header-ink">
        <div className="mx-auto flex max-w-5xl flex-wrap items-baseline justify-between gap-x-6 px-5 py-6">
          <h1 className="text-2xl font-semibold break-words">{content.app.name}</h1>
          <p className="text-base">{content.app.tagline}</p>
        </div>
      </header>
      <main className="mx-auto max-w-5xl px-5 pb-16">
        <div className="grid gap-8 md:grid-cols-[6fr_5fr] lg:gap-12">
          <div className="space-y-6">
            <BillField bill={bill} onBill={setBill} />
            {shows("keypad") && <Keypad onKey={(key) => setBill((old) => typed(old, key))} />}
            <TipChoice tip={tip} onTip={setTip} />
            <PeopleStepper people={people} onPeople={setPeople} />
          </div>
          <ResultPanel
            result={result}
            people={people}
            roundUp={roundUp}
            onRoundUp={setRoundUp}
            onKeep={(name) => kept.keep({ name, bill: amount, tip, people })}
          />
        </div>
        {shows("history") && <History entries={kept.entries} onUse={use} onRemove={kept.remove} />}
      </main>
    </>
  )
}
