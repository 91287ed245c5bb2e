import { Fragment, type ReactElement } from "react"
import { About } from "./components/About"
import { Contact } from "./components/Contact"
import { Intro } from "./components/Intro"
import { Praise } from "./components/Praise"
import { Projects } from "./components/Projects"
import { Services } from "./components/Services"
import { SideBar } from "./components/SideBar"
import { content } from "./content"

const SECTIONS: Record<string, ReactElement> = {
  intro: <Intro />,
  projects: <Projects />,
  about: <About />,
  services: <Services />,
  praise: <Praise />,
  contact: <Contact />,
}

export function App() {
  return (
    <div className="lg:grid lg:grid-cols-[19rem_1fr]">
      <SideBar />
      <main className="min-w-0">
        {content.sections.map((id) => (
          <Fragment key={id}>{SECTIONS[id]}</Fragment>
        ))}
      </main>
    </div>
  )
}
