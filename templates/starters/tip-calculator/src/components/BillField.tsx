import { content } from "../content"
import { MAX_BILL } from "../split"

interface Props {
  bill: string
  onBill: (bill: string) => void
}

/** The bill as it is typed: digits and at most two decimals; a comma counts as a point. */
export function BillField({ bill, onBill }: Props) {
  const change = (text: string): void => {
    const next = text.replace(",", ".").replace(/[^\d.]/g, "")
    if (/^\d*(\.\d{0,2})?$/.test(next) && Number(next) <= MAX_BILL) onBill(next)
  }
  return (
    <div>
      <div className="flex items-baseline justify-between">
        <label htmlFor="bill" className="text-muted">
          {content.labels.bill}
        </label>
        <button type="button" onClick={() => onBill("")} className="min-h-11 text-base text-muted underline-offset-4 hover:underline">
          {content.labels.clear}
        </button>
      </div>
      <input
        id="bill"
        inputMode="decimal"
        autoComplete="off"
        placeholder="0.00"
        value={bill}
        onChange={(event) => change(event.target.value)}
        className="w-full border-b-2 border-ink bg-transparent pb-1 text-right font-figures text-5xl tracking-tight placeholder:text-muted sm:text-6xl"
      />
    </div>
  )
}
