import { EntryPage } from "./components/EntryPage"
import { Masthead } from "./components/Masthead"
import { Overview } from "./components/Overview"
import { content, entries } from "./content"
import { useAddress } from "./lib/address"

export function App() {
  const address = useAddress()
  const entry = entries.find(({ id }) => id === address.entry)
  return (
    <div className="flex min-h-dvh flex-col">
      <Masthead address={address} />
      {entry ? (
        <EntryPage key={entry.id} entry={entry} />
      ) : (
        <>
          {address.entry && (
            <p role="status" className="mx-auto w-full max-w-6xl px-5 pt-5 font-semibold">
              {content.labels.missing}
            </p>
          )}
          <Overview address={address} />
        </>
      )}
    </div>
  )
}
