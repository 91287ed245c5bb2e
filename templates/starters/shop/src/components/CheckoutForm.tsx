import { useState, type FormEvent } from "react"
import { content, formatPrice } from "../content"

export interface Order {
  number: string
  name: string
  email: string
}

const FIELDS = [
  { name: "name", label: "Your name", type: "text", complete: "name" },
  { name: "email", label: "Email", type: "email", complete: "email" },
  { name: "address", label: "Street and number", type: "text", complete: "street-address" },
  { name: "city", label: "Postcode and city", type: "text", complete: "address-level2" },
]

interface Props {
  total: number
  onBack: () => void
  onPlace: (order: Order) => void
}

export function CheckoutForm({ total, onBack, onPlace }: Props) {
  const [errors, setErrors] = useState<Record<string, string>>({})

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const data = new FormData(form)
    const value = (name: string): string => String(data.get(name) ?? "").trim()
    const found: Record<string, string> = {}
    for (const { name, label } of FIELDS) if (!value(name)) found[name] = `${label} is missing.`
    if (!found.email && !/^\S+@\S+\.\S+$/.test(value("email"))) found.email = "This email address is not complete."
    setErrors(found)
    const wrong = Object.keys(found)[0]
    if (wrong) {
      form.querySelector<HTMLInputElement>(`[name="${wrong}"]`)?.focus()
      return
    }
    const number = Date.now().toString(36).slice(-6).toUpperCase()
    onPlace({ number, name: value("name"), email: value("email") })
  }

  return (
    <form noValidate onSubmit={submit} className="flex min-h-0 flex-1 flex-col">
      <div className="flex-1 space-y-4 overflow-y-auto p-5">
        <button type="button" onClick={onBack} className="min-h-11 text-sm text-muted underline-offset-4 hover:underline">
          ← {content.labels.cart}
        </button>
        {FIELDS.map(({ name, label, type, complete }) => (
          <div key={name}>
            <label htmlFor={`order-${name}`} className="mb-1 block text-sm">
              {label}
            </label>
            <input
              id={`order-${name}`}
              name={name}
              type={type}
              autoComplete={complete}
              aria-invalid={name in errors}
              aria-describedby={name in errors ? `order-${name}-error` : undefined}
              className="field"
            />
            {errors[name] && (
              <p id={`order-${name}-error`} className="mt-1 text-sm font-medium">
                {errors[name]}
              </p>
            )}
          </div>
        ))}
        <p className="rounded-box border border-line bg-page p-3 text-sm leading-relaxed text-muted">
          {content.labels.payment_note}
        </p>
      </div>
      <div className="border-t border-line p-5">
        <button type="submit" className="button-main w-full">
          {content.labels.place_order} · {formatPrice(total)}
        </button>
      </div>
    </form>
  )
}
