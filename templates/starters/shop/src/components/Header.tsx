import { ShoppingBag } from "lucide-react"
import { content } from "../content"

export function Header({ count, onCart }: { count: number; onCart: () => void }) {
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-header text-header-ink">
      <div className="mx-auto flex max-w-6xl items-center justify-between gap-4 px-5 py-4">
        <a href="#/" className="min-w-0">
          <span className="block truncate font-display text-xl leading-tight">{content.app.name}</span>
          <span className="block truncate text-xs">{content.app.tagline}</span>
        </a>
        <button
          type="button"
          onClick={onCart}
          className="inline-flex min-h-11 shrink-0 items-center gap-2 rounded-box border border-current/25 px-4 text-sm hover:border-current"
        >
          <ShoppingBag size={18} strokeWidth={1.75} aria-hidden="true" />
          {content.labels.cart}
          <span className="tabular-nums" aria-live="polite" aria-label={`${count} in the cart`}>
            {count}
          </span>
        </button>
      </div>
    </header>
  )
}
