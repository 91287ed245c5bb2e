import { useEffect, useState } from "react"
import { ConversationList } from "./components/ConversationList"
import { Thread } from "./components/Thread"
import { content, seeds } from "./content"
import { useChat } from "./useChat"

const wide = (): boolean => window.matchMedia("(min-width: 48rem)").matches

export function App() {
  const chat = useChat()
  const [selected, setSelected] = useState(() => (wide() ? (seeds[0]?.id ?? "") : ""))
  const open = chat.conversations.find((one) => one.id === selected)

  useEffect(() => {
    if (selected) chat.markRead(selected)
    // Only a change of the selection marks a conversation as read.
  }, [selected])

  return (
    <main className="flex h-dvh">
      <div className={`w-full border-r border-line bg-surface md:block md:w-80 lg:w-96 ${open ? "hidden" : ""}`}>
        <ConversationList conversations={chat.conversations} selected={selected} onSelect={setSelected} />
      </div>
      <div className={`min-w-0 flex-1 ${open ? "" : "hidden md:block"}`}>
        {open ? (
          <Thread
            key={open.id}
            conversation={open}
            typing={chat.typing.includes(open.id)}
            onSend={(text) => chat.send(open.id, text)}
            onClear={() => chat.clear(open.id)}
            onBack={() => setSelected("")}
          />
        ) : (
          <p className="grid h-full place-items-center text-muted">{content.labels.no_conversations}</p>
        )}
      </div>
    </main>
  )
}
