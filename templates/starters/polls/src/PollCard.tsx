import { useState } from "react"
import type { Poll } from "./api"

interface Props {
  poll: Poll
  onVote(option: number): void
  onClose(): void
}

/** One question. The bars show once somebody has voted here: nobody votes for the winner. */
export function PollCard({ poll, onVote, onClose }: Props) {
  const [sure, setSure] = useState(false)
  const voted = poll.mine !== null
  const most = Math.max(...poll.options.map((option) => option.votes))
  return (
    <section className="poll" aria-labelledby={`poll-${poll.id}`}>
      <h2 id={`poll-${poll.id}`}>{poll.question}</h2>
      <div role="group" aria-label="Answers">
        {poll.options.map((option) => {
          const share = poll.votes ? Math.round((100 * option.votes) / poll.votes) : 0
          return (
            <button
              key={option.id} type="button" className="option" aria-pressed={poll.mine === option.id}
              data-best={voted && option.votes === most} onClick={() => onVote(option.id)}
            >
              {voted && <i style={{ width: `${share}%` }} />}
              <span>{option.text}</span>
              {voted && <b>{share}%</b>}
            </button>
          )
        })}
      </div>
      <footer>
        <span>{poll.votes} {poll.votes === 1 ? "vote" : "votes"}{voted ? "" : ". Vote to see them."}</span>
        {sure
          ? <span>For everyone? <button type="button" className="quiet" onClick={onClose}>Close it</button> <button type="button" className="quiet" onClick={() => setSure(false)}>Keep it</button></span>
          : <button type="button" className="quiet" onClick={() => setSure(true)} aria-label={`Close the poll: ${poll.question}`}>Close poll</button>}
      </footer>
    </section>
  )
}
