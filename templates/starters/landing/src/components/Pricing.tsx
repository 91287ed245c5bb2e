import { content, type Plan } from "../content"
import { Section } from "./Section"

const { title, text, plans, highlight } = content.pricing

interface Props {
  onChoose: (plan: string) => void
}

export function Pricing({ onChoose }: Props) {
  return (
    <Section id="pricing" title={title} text={text}>
      <div className="grid gap-4 sm:grid-cols-[repeat(auto-fit,minmax(14rem,1fr))]">
        {plans.map((plan, index) => (
          <PlanCard key={index} plan={plan} strong={index === highlight} onChoose={onChoose} />
        ))}
      </div>
    </Section>
  )
}

function PlanCard({ plan, strong, onChoose }: { plan: Plan; strong: boolean } & Props) {
  return (
    <article
      className={`flex flex-col rounded-card border p-6 ${strong ? "border-accent bg-accent text-accent-ink" : "border-line"}`}
    >
      <h3 className="text-xl font-semibold">{plan.name}</h3>
      <p className={`mt-1 text-sm ${strong ? "" : "text-muted"}`}>
        {strong && <span className="font-semibold">{content.labels.popular}. </span>}
        {plan.text}
      </p>
      <p className="mt-6 flex flex-wrap items-baseline gap-x-2">
        <span className="font-display text-4xl font-semibold tabular-nums">{plan.price}</span>
        <span className={`text-sm ${strong ? "" : "text-muted"}`}>{plan.unit}</span>
      </p>
      <ul className="mt-6 mb-8 space-y-2 text-sm">
        {plan.features.map((feature, index) => (
          <li key={index} className="flex gap-3">
            <span aria-hidden>–</span>
            {feature}
          </li>
        ))}
      </ul>
      <a
        href="#contact"
        className={`mt-auto rounded-card px-4 py-2.5 text-center font-semibold ${strong ? "bg-accent-ink text-accent" : "border border-ink/40 hover:border-ink"}`}
        onClick={() => onChoose(plan.name)}
      >
        {plan.cta}
      </a>
    </article>
  )
}
