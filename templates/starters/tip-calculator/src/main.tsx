import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./App"
import { content } from "./content"
import "./index.css"

document.title = content.app.name

const root = document.getElementById("root")
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
