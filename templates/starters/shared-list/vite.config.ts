import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

export default defineConfig({
  plugins: [react()],
  // Outside: `uvicorn main:app` beside `npm run dev`.
  server: { proxy: { "/api": "http://localhost:8000" } },
})
