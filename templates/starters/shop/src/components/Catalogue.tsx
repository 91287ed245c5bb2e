import { useState } from "react"
import { categories, content, products } from "../content"
import type { Cart } from "../lib/cart"
import { ProductCard } from "./ProductCard"

const ORDERS = {
  featured: { label: "Featured", compare: () => 0 },
  low: { label: "Price, low to high", compare: (a: number, b: number) => a - b },
  high: { label: "Price, high to low", compare: (a: number, b: number) => b - a },
}

export function Catalogue({ cart, onAdd }: { cart: Cart; onAdd: (id: string) => void }) {
  const [category, setCategory] = useState("")
  const [order, setOrder] = useState<keyof typeof ORDERS>("featured")
  const shown = products
    .filter((product) => !category || product.category === category)
    .sort((a, b) => ORDERS[order].compare(a.price, b.price))
  const inCart = (id: string): number => cart.lines.find((line) => line.product.id === id)?.quantity ?? 0

  return (
    <section id="catalogue" aria-labelledby="catalogue-title" className="mx-auto max-w-6xl scroll-mt-20 px-5 py-10">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4 border-b border-line pb-4">
        <h2 id="catalogue-title" className="font-display text-3xl">
          {content.catalogue.headline}
        </h2>
        <label className="flex items-center gap-2 text-sm text-muted">
          Sort by
          <select
            value={order}
            onChange={(event) => setOrder(event.target.value as keyof typeof ORDERS)}
            className="min-h-11 rounded-box border border-line bg-surface px-2 text-ink"
          >
            {Object.entries(ORDERS).map(([key, { label }]) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div role="group" aria-label="Filter" className="flex flex-wrap gap-2 py-5">
        {[{ id: "", name: content.catalogue.all }, ...categories].map(({ id, name }) => (
          <button
            key={id}
            type="button"
            aria-pressed={category === id}
            onClick={() => setCategory(id)}
            className="min-h-10 rounded-full border border-line px-4 text-sm hover:border-ink aria-pressed:border-ink aria-pressed:bg-ink aria-pressed:text-page"
          >
            {name}
          </button>
        ))}
      </div>
      <p className="sr-only" aria-live="polite">
        {shown.length} shown
      </p>
      {shown.length === 0 ? (
        <p className="py-16 text-center text-muted">{content.catalogue.empty}</p>
      ) : (
        <ul className="grid grid-cols-1 gap-x-6 gap-y-9 min-[480px]:grid-cols-2 lg:grid-cols-4">
          {shown.map((product) => (
            <li key={product.id} className="contents">
              <ProductCard product={product} inCart={inCart(product.id)} onAdd={() => onAdd(product.id)} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
