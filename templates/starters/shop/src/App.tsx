import { Fragment, useState, type ReactElement } from "react"
import { CartDrawer } from "./components/CartDrawer"
import { Catalogue } from "./components/Catalogue"
import { Faq } from "./components/Faq"
import { Header } from "./components/Header"
import { Hero } from "./components/Hero"
import { ProductPage } from "./components/ProductPage"
import { Reviews } from "./components/Reviews"
import { Story } from "./components/Story"
import { content, products } from "./content"
import { useCart } from "./lib/cart"
import { useProductId } from "./lib/route"

export function App() {
  const cart = useCart()
  const [open, setOpen] = useState(false)
  const id = useProductId()
  const product = products.find((candidate) => candidate.id === id)
  const inCart = (wanted: string): number => cart.lines.find((line) => line.product.id === wanted)?.quantity ?? 0

  const add = (wanted: string, quantity = 1): void => {
    cart.setQuantity(wanted, inCart(wanted) + quantity)
    setOpen(true)
  }

  const sections: Record<string, ReactElement> = {
    hero: <Hero />,
    catalogue: <Catalogue cart={cart} onAdd={add} />,
    story: <Story />,
    reviews: <Reviews />,
    faq: <Faq />,
  }

  return (
    <div className="flex min-h-dvh flex-col">
      <Header count={cart.count} onCart={() => setOpen(true)} />
      {product ? (
        <ProductPage
          key={product.id}
          product={product}
          inCart={inCart(product.id)}
          onAdd={(quantity) => add(product.id, quantity)}
        />
      ) : (
        <main>
          {content.sections.map((name) => (
            <Fragment key={name}>{sections[name]}</Fragment>
          ))}
        </main>
      )}
      <footer className="mx-auto mt-auto flex w-full max-w-6xl flex-wrap justify-between gap-3 px-5 py-8 text-sm text-muted">
        <span>{content.app.name}</span>
        <span>{content.footer}</span>
      </footer>
      <CartDrawer open={open} cart={cart} onClose={() => setOpen(false)} />
    </div>
  )
}
