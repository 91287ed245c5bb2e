import { useState } from "react"
import { content } from "./content"

const page = document.documentElement
const chosen = page.dataset.theme === "dark" ? "dark" : "light"
const key = `${content.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")}:theme-from-${chosen}`

/** Light or dark: what index.html says, until the person picks for themselves. */
export function useTheme() {
  const [dark, setDark] = useState(() => {
    const theme = read() ?? chosen
    page.dataset.theme = theme
    return theme === "dark"
  })

  function toggle() {
    const theme = dark ? "light" : "dark"
    page.dataset.theme = theme
    setDark(!dark)
    try {
      localStorage.setItem(key, theme)
    } catch {
      // Storage is blocked: the choice lasts until the page closes.
    }
  }

  return { dark, toggle }
}

function read() {
  try {
    const saved = localStorage.getItem(key)
    return saved === "dark" || saved === "light" ? saved : null
  } catch {
    return null
  }
}
