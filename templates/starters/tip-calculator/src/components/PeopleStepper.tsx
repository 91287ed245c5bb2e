import { content } from "../content"
import { MAX_PEOPLE } from "../split"

export function PeopleStepper({ people, onPeople }: { people: number; onPeople: (people: number) => void }) {
  return (
    <label className="block">
      <span className="flex items-baseline justify-between">
        <span className="text-muted">{content.labels.people}</span>
        <span className="font-figures text-2xl">{people}</span>
      </span>
      <input
        type="range"
        min="1"
        max={MAX_PEOPLE}
        value={people}
        onChange={(event) => onPeople(Number(event.target.value))}
        className="mt-1 h-11 w-full accent-accent"
      />
    </label>
  )
}
