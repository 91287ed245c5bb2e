import { useState, type ReactNode } from "react"
import { Contact } from "./components/Contact"
import { Faq } from "./components/Faq"
import { Features } from "./components/Features"
import { Header } from "./components/Header"
import { Hero } from "./components/Hero"
import { Pricing } from "./components/Pricing"
import { Stats } from "./components/Stats"
import { Steps } from "./components/Steps"
import { Testimonials } from "./components/Testimonials"
import { content } from "./content"

export default function App() {
  const [plan, setPlan] = useState("")

  const sections: Record<string, ReactNode> = {
    hero: <Hero />,
    stats: <Stats />,
    features: <Features />,
    steps: <Steps />,
    testimonials: <Testimonials />,
    pricing: <Pricing onChoose={setPlan} />,
    faq: <Faq />,
    // Connect your own form service here; until then the message goes to the console.
    contact: <Contact plan={plan} onSend={(message) => console.info("Message", message)} />,
  }

  return (
    <div id="top" className="flex min-h-screen flex-col">
      <Header />
      <main className="flex-1">
        {content.sections.map((name) => (
          <div key={name}>{sections[name]}</div>
        ))}
      </main>
      <footer className="border-t border-line">
        <p className="mx-auto flex max-w-6xl flex-wrap justify-between gap-x-8 gap-y-1 px-5 py-8 text-sm text-muted">
          <span>
            © {new Date().getFullYear()} {content.app.name}
          </span>
          <span>{content.app.tagline}</span>
        </p>
      </footer>
    </div>
  )
}
