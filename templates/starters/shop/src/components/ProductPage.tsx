import { useEffect, useRef, useState } from "react"
import { categories, content, fill, formatPrice, type Product } from "../content"
import { Art } from "./Art"
import { Quantity } from "./Quantity"

interface Props {
  product: Product
  inCart: number
  onAdd: (quantity: number) => void
}

export function ProductPage({ product, inCart, onAdd }: Props) {
  const [quantity, setQuantity] = useState(1)
  const heading = useRef<HTMLHeadingElement>(null)
  const left = product.stock - inCart
  const category = categories.find(({ id }) => id === product.category)

  useEffect(() => {
    window.scrollTo(0, 0)
    heading.current?.focus({ preventScroll: true })
  }, [])

  return (
    <main className="mx-auto max-w-6xl px-5 py-6">
      <a href="#/" className="inline-flex min-h-11 items-center text-sm text-muted underline-offset-4 hover:underline">
        ← {content.labels.back}
      </a>
      <div className="mt-2 grid gap-8 md:grid-cols-2 lg:gap-14">
        <Art seed={product.id} className="aspect-square w-full rounded-box" />
        <div className="md:py-6">
          {category && <p className="text-sm text-muted">{category.name}</p>}
          <h1
            ref={heading}
            tabIndex={-1}
            className="mt-1 font-display text-4xl leading-tight break-words outline-none"
          >
            {product.name}
          </h1>
          <p className="mt-3 text-2xl tabular-nums">{formatPrice(product.price)}</p>
          <p className="mt-5 max-w-[52ch] leading-relaxed">{product.description}</p>
          <div className="mt-8 flex flex-wrap items-center gap-3">
            <Quantity value={quantity} max={Math.max(1, left)} label={product.name} onChange={setQuantity} />
            <button
              type="button"
              className="button-main flex-1 sm:flex-none sm:px-10"
              disabled={left <= 0}
              onClick={() => {
                onAdd(quantity)
                setQuantity(1)
              }}
            >
              {product.stock === 0 ? content.labels.sold_out : content.labels.add}
            </button>
          </div>
          <p className="mt-3 min-h-6 text-sm text-muted">
            {product.stock > 0 && left < 6 && fill(content.labels.few_left, { count: Math.max(0, left) })}
          </p>
        </div>
      </div>
    </main>
  )
}
