import raw from "./content.json"

export interface Category {
  id: string
  name: string
}

export interface Product {
  id: string
  category: string
  name: string
  /** In whole units of the currency, e.g. 28 or 28.5. */
  price: number
  stock: number
  description: string
}

export const content = raw
export const products: Product[] = raw.products
/** Only categories that have something in them are worth a filter. */
export const categories: Category[] = raw.categories.filter((category) =>
  raw.products.some((product) => product.category === category.id),
)

const money = new Intl.NumberFormat(raw.app.locale, {
  style: "currency",
  currency: raw.app.currency,
  minimumFractionDigits: 0,
})

export const formatPrice = (amount: number): string => money.format(amount)

/** Puts values into a text such as "Only {count} left". */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole))
}

/** The app's name as a storage key: "Salt & Co." becomes "salt-co". */
export const slug = raw.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "shop"
