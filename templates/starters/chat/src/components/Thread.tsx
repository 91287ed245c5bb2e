import { ChevronLeft } from "lucide-react"
import { content, type Conversation } from "../content"
import { Avatar } from "./Avatar"
import { Bubbles } from "./Bubbles"
import { Composer } from "./Composer"

interface Props {
  conversation: Conversation
  typing: boolean
  onSend: (text: string) => void
  onClear: () => void
  onBack: () => void
}

export function Thread({ conversation, typing, onSend, onClear, onBack }: Props) {
  return (
    <section aria-labelledby="thread-title" className="flex h-full min-w-0 flex-col">
      <header className="flex items-center gap-3 border-b border-line bg-header px-3 py-3 text-header-ink sm:px-6">
        <button type="button" onClick={onBack} aria-label={content.labels.back} className="grid size-11 place-items-center rounded-full md:hidden">
          <ChevronLeft size={22} aria-hidden="true" />
        </button>
        <Avatar name={conversation.person} small />
        <div className="min-w-0 flex-1">
          <h2 id="thread-title" className="truncate leading-tight font-semibold">
            {conversation.person}
          </h2>
          <p className="truncate text-sm">{conversation.about}</p>
        </div>
        <button type="button" onClick={onClear} className="min-h-11 shrink-0 px-2 text-sm underline-offset-4 hover:underline">
          {content.labels.clear}
        </button>
      </header>
      <Bubbles messages={conversation.messages} person={conversation.person} typing={typing} />
      <Composer onSend={onSend} />
    </section>
  )
}
