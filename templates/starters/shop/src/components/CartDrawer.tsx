import { X } from "lucide-react"
import { useEffect, useRef, useState } from "react"
import { content, fill, formatPrice } from "../content"
import type { Cart } from "../lib/cart"
import { Art } from "./Art"
import { CheckoutForm, type Order } from "./CheckoutForm"
import { Quantity } from "./Quantity"

export function CartDrawer({ open, cart, onClose }: { open: boolean; cart: Cart; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [step, setStep] = useState<"cart" | "details" | "done">("cart")
  const [order, setOrder] = useState<Order | null>(null)

  useEffect(() => {
    if (open) {
      setStep("cart")
      dialog.current?.showModal()
    } else {
      dialog.current?.close()
    }
  }, [open])

  const place = (placed: Order): void => {
    setOrder(placed)
    setStep("done")
    cart.clear()
  }

  return (
    <dialog
      ref={dialog}
      aria-label={content.labels.cart}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      className="drawer bg-surface text-ink"
    >
      <div className="flex h-full flex-col">
        <div className="flex items-center justify-between border-b border-line py-3 pr-3 pl-5">
          <h2 className="font-display text-2xl">{content.labels.cart}</h2>
          <button type="button" aria-label="Close" onClick={onClose} className="grid size-11 place-items-center rounded-box hover:bg-line">
            <X size={20} aria-hidden="true" />
          </button>
        </div>
        {step === "done" && order ? (
          <div className="p-5" role="status">
            <p className="font-display text-3xl text-balance">{fill(content.labels.thanks, { name: order.name })}</p>
            <p className="mt-3 leading-relaxed break-words text-muted">
              {fill(content.labels.thanks_text, { number: order.number, email: order.email })}
            </p>
            <button type="button" className="button-main mt-6" onClick={onClose}>
              {content.labels.back}
            </button>
          </div>
        ) : cart.lines.length === 0 ? (
          <div className="grid flex-1 place-content-center gap-5 p-5 text-center">
            <p className="text-muted">{content.labels.empty_cart}</p>
            <button type="button" className="button-main" onClick={onClose}>
              {content.labels.back}
            </button>
          </div>
        ) : step === "details" ? (
          <CheckoutForm total={cart.total} onBack={() => setStep("cart")} onPlace={place} />
        ) : (
          <>
            <Lines cart={cart} />
            <Totals cart={cart} onCheckout={() => setStep("details")} />
          </>
        )}
      </div>
    </dialog>
  )
}

function Lines({ cart }: { cart: Cart }) {
  return (
    <ul className="flex-1 divide-y divide-line overflow-y-auto px-5">
      {cart.lines.map(({ product, quantity }) => (
        <li key={product.id} className="flex gap-4 py-4">
          <Art seed={product.id} className="size-20 shrink-0 rounded-box" />
          <div className="min-w-0 flex-1">
            <div className="flex justify-between gap-3">
              <p className="font-medium break-words">{product.name}</p>
              <p className="shrink-0 tabular-nums">{formatPrice(product.price * quantity)}</p>
            </div>
            <div className="mt-2 flex items-center justify-between">
              <Quantity
                value={quantity}
                max={product.stock}
                label={product.name}
                onChange={(next) => cart.setQuantity(product.id, next)}
              />
              <button
                type="button"
                className="min-h-11 px-2 text-sm text-muted underline underline-offset-4 hover:text-ink"
                aria-label={`Remove ${product.name}`}
                onClick={() => cart.setQuantity(product.id, 0)}
              >
                Remove
              </button>
            </div>
          </div>
        </li>
      ))}
    </ul>
  )
}

function Totals({ cart, onCheckout }: { cart: Cart; onCheckout: () => void }) {
  return (
    <div className="border-t border-line p-5">
      <dl className="grid grid-cols-[1fr_auto] gap-y-1">
        <dt className="text-muted">{content.labels.delivery}</dt>
        <dd className="text-right tabular-nums">{cart.delivery === 0 ? content.labels.free : formatPrice(cart.delivery)}</dd>
        <dt className="text-lg">{content.labels.total}</dt>
        <dd className="text-right text-lg font-semibold tabular-nums" aria-live="polite">
          {formatPrice(cart.total)}
        </dd>
      </dl>
      <button type="button" className="button-main mt-4 w-full" onClick={onCheckout}>
        {content.labels.checkout}
      </button>
    </div>
  )
}
