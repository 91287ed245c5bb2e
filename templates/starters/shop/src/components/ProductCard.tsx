import { content, fill, formatPrice, type Product } from "../content"
import { Art } from "./Art"

interface Props {
  product: Product
  inCart: number
  onAdd: () => void
}

export function ProductCard({ product, inCart, onAdd }: Props) {
  const left = product.stock - inCart
  return (
    <article className="group flex flex-col">
      <a href={`#/item/${product.id}`} className="block overflow-hidden rounded-box" tabIndex={-1} aria-hidden="true">
        <Art
          seed={product.id}
          className="aspect-[5/4] w-full transition-transform duration-300 group-hover:scale-[1.03] motion-reduce:transform-none"
        />
      </a>
      <div className="mt-3 flex items-baseline justify-between gap-3">
        <h3 className="min-w-0 font-display text-lg leading-snug break-words">
          <a href={`#/item/${product.id}`} className="hover:underline hover:underline-offset-4">
            {product.name}
          </a>
        </h3>
        <span className="shrink-0 tabular-nums">{formatPrice(product.price)}</span>
      </div>
      <div className="mt-auto flex items-center justify-between gap-3 pt-1 text-sm">
        <span className="text-muted">
          {product.stock > 0 && product.stock < 6 && fill(content.labels.few_left, { count: product.stock })}
        </span>
        <button
          type="button"
          disabled={left <= 0}
          onClick={onAdd}
          aria-label={`${product.stock === 0 ? content.labels.sold_out : content.labels.add}: ${product.name}`}
          className="-mr-2 min-h-11 rounded-box px-2 font-medium underline decoration-accent decoration-2 underline-offset-4 hover:bg-accent hover:text-accent-ink hover:no-underline disabled:text-muted disabled:no-underline disabled:hover:bg-transparent"
        >
          {product.stock === 0 ? content.labels.sold_out : content.labels.add}
        </button>
      </div>
    </article>
  )
}
