import { useState } from "react"
import { Editor } from "./components/Editor"
import { Sidebar, type Query } from "./components/Sidebar"
import { content } from "./content"
import { useNotes } from "./useNotes"

const { labels, sections } = content

export default function App() {
  const { notes, deleted, ...actions } = useNotes()
  const [query, setQuery] = useState<Query>({ text: "", tag: "" })
  const [openId, setOpenId] = useState(notes[0]?.id ?? null)
  // On a narrow screen either the list or the note is there.
  const [reading, setReading] = useState(false)

  const text = query.text.trim().toLowerCase()
  const shown = notes.filter(
    (note) =>
      (!query.tag || note.tags.includes(query.tag)) &&
      `${note.title} ${note.body} ${note.tags.join(" ")}`.toLowerCase().includes(text),
  )
  const known = [...new Set(notes.flatMap((note) => note.tags))].toSorted()
  const open = notes.find((note) => note.id === openId)

  return (
    <main className="grid min-h-dvh grid-cols-1 md:h-dvh md:grid-cols-[20rem_minmax(0,1fr)] lg:grid-cols-[23rem_minmax(0,1fr)]">
      <div className={`${reading ? "hidden" : "flex"} min-h-0 flex-col border-r border-line bg-page md:flex`}>
        <Sidebar
          notes={shown}
          total={notes.length}
          tags={sections.includes("tags") ? known : []}
          query={query}
          openId={openId}
          onQuery={setQuery}
          onOpen={(id) => {
            setOpenId(id)
            setReading(true)
          }}
          onNew={() => {
            setOpenId(actions.create(query.tag))
            setQuery({ ...query, text: "" })
            setReading(true)
          }}
        />
      </div>
      <section className={`${reading ? "block" : "hidden"} min-h-0 overflow-y-auto md:block`}>
        {open ? (
          <Editor
            key={open.id}
            note={open}
            known={known}
            onChange={(part) => actions.change(open.id, part)}
            onDelete={() => {
              actions.remove(open)
              setOpenId(notes.find((note) => note.id !== open.id)?.id ?? null)
              setReading(false)
            }}
            onBack={() => setReading(false)}
          />
        ) : (
          <p className="grid h-full place-items-center p-10 font-serif text-xl text-muted italic">{labels.pick}</p>
        )}
      </section>
      <div className="pointer-events-none fixed inset-x-0 bottom-5 flex justify-center px-5" role="status">
        {deleted && (
          <p className="pointer-events-auto flex max-w-full items-center gap-4 rounded-full bg-ink px-6 py-3 text-page shadow-lg">
            <span className="truncate">
              {labels.deleted}: {deleted.title || labels.untitled}
            </span>
            <button
              className="font-bold underline underline-offset-4 focus-visible:outline-page"
              onClick={() => {
                setOpenId(deleted.id)
                actions.undo()
              }}
            >
              {labels.undo}
            </button>
          </p>
        )}
      </div>
    </main>
  )
}
