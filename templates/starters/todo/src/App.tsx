import { useState, type ReactNode } from "react"
import { AddTask } from "./components/AddTask"
import { Filters, type Filter } from "./components/Filters"
import { Header } from "./components/Header"
import { Lists, Note, Progress } from "./components/Margin"
import { TaskRow } from "./components/TaskRow"
import { UndoBar } from "./components/UndoBar"
import { content } from "./content"
import { useTasks } from "./useTasks"

const { labels, sections } = content

export default function App() {
  const { tasks, undoable, ...actions } = useTasks()
  const [filter, setFilter] = useState<Filter>("all")
  const [list, setList] = useState("")

  const inList = tasks.filter((task) => !list || task.list === list)
  const done = inList.filter((task) => task.done)
  const shown = inList.filter((task) => filter === "all" || task.done === (filter === "done"))

  const margin: Record<string, ReactNode> = {
    progress: <Progress key="progress" tasks={inList} />,
    lists: <Lists key="lists" tasks={tasks} selected={list} onSelect={setList} />,
    note: <Note key="note" />,
  }
  const blocks = sections.flatMap((name) => margin[name] ?? [])

  return (
    <>
      <Header />
      <div
        className={`mx-auto -mt-12 grid grid-cols-1 gap-10 px-3 pb-28 sm:px-5 ${blocks.length ? "max-w-5xl md:grid-cols-[minmax(0,1fr)_15rem]" : "max-w-3xl"}`}
      >
        <main className="sheet self-start rounded-card border border-line bg-surface shadow-sm">
          <AddTask list={list} onAdd={actions.add} />
          <Filters
            filter={filter}
            counts={{
              all: inList.length,
              open: inList.length - done.length,
              done: done.length,
            }}
            onFilter={setFilter}
            onClear={actions.clearDone}
          />
          {shown.length ? (
            <ul>
              {shown.map((task) => (
                <TaskRow
                  key={task.id}
                  task={task}
                  onToggle={() => actions.toggle(task)}
                  onRename={(title) => actions.rename(task.id, title)}
                  onRemove={() => actions.remove(task)}
                />
              ))}
            </ul>
          ) : (
            <p className="border-t border-line py-12 pr-6 pl-16 font-serif text-xl text-muted italic">
              {filter === "done"
                ? labels.empty_done
                : inList.length
                  ? labels.all_done
                  : labels.empty}
            </p>
          )}
        </main>
        {blocks.length > 0 && <aside className="space-y-8 px-2 md:px-0 md:pt-20">{blocks}</aside>}
      </div>
      <UndoBar text={undoable?.text} onUndo={actions.undo} onDismiss={actions.dismiss} />
    </>
  )
}
