import { useEffect, useMemo, useState } from "react"
import { content, products, slug, type Product } from "../content"

export interface CartLine {
  product: Product
  quantity: number
}

export interface Cart {
  lines: CartLine[]
  count: number
  subtotal: number
  delivery: number
  total: number
  setQuantity: (id: string, quantity: number) => void
  clear: () => void
}

const KEY = `${slug}:cart`

function load(): Record<string, number> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}")
    if (typeof stored !== "object" || stored === null) return {}
    const valid = Object.entries(stored).filter(([, n]) => Number.isInteger(n) && n > 0)
    return Object.fromEntries(valid)
  } catch {
    return {} // Broken or forbidden storage: start with an empty cart.
  }
}

function store(quantities: Record<string, number>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(quantities))
  } catch {
    // Private windows may refuse storage; the cart then lasts until the page closes.
  }
}

export function useCart(): Cart {
  const [quantities, setQuantities] = useState(load)
  useEffect(() => store(quantities), [quantities])

  return useMemo(() => {
    const lines = products.flatMap((product) => {
      const quantity = Math.min(quantities[product.id] ?? 0, product.stock)
      return quantity > 0 ? [{ product, quantity }] : []
    })
    const subtotal = lines.reduce((sum, line) => sum + line.product.price * line.quantity, 0)
    const free = subtotal === 0 || subtotal >= content.delivery.free_from
    const delivery = free ? 0 : content.delivery.price
    return {
      lines,
      count: lines.reduce((sum, line) => sum + line.quantity, 0),
      subtotal,
      delivery,
      total: subtotal + delivery,
      setQuantity: (id, quantity) => {
        const stock = products.find((product) => product.id === id)?.stock ?? 0
        setQuantities((old) => ({ ...old, [id]: Math.max(0, Math.min(quantity, stock)) }))
      },
      clear: () => setQuantities({}),
    }
  }, [quantities])
}
