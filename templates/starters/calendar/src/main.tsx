import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import App from "./App"
import { content } from "./content"
import "./index.css"

document.title = content.app.name

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
