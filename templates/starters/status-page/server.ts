// The status page. Node runs TypeScript as it is: the types are only taken out.
import { readFile } from "node:fs/promises"
import { serve } from "@hono/node-server"
import { Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { bodyLimit } from "hono/body-limit"
import * as status from "./status.ts"
import { page } from "./page.ts"

const app = new Hono()
app.use(bodyLimit({ maxSize: 32 * 1024 }))

app.get("/", (c) => c.html(page(status.services(), status.incidents())))
app.get("/style.css", async (c) => {
  c.header("Content-Type", "text/css; charset=utf-8")
  return c.body(await readFile(new URL("public/style.css", import.meta.url), "utf8"))
})

app.get("/api/status", (c) => c.json({ services: status.services(), incidents: status.incidents() }))

app.post("/incidents", async (c) => {
  const form = await c.req.parseBody()
  status.report(Number(form.service), text(form.title, 3, 120, "Say in 3 to 120 letters what happened."), level(form.level))
  return c.redirect("/#incidents", 303)
})

app.post("/incidents/:id/updates", async (c) => {
  const form = await c.req.parseBody()
  const said = text(form.text, 3, 400, "Say in 3 to 400 letters what is new.")
  if (!status.update(Number(c.req.param("id")), said, form.over === "on")) throw new HTTPException(404, { message: "This incident does not exist." })
  return c.redirect("/#incidents", 303)
})

app.onError((error, c) => {
  const known = error instanceof HTTPException
  if (!known) console.error(error)
  const message = known ? error.message : "The server made a mistake. Try again."
  if (c.req.path.startsWith("/api/")) return c.json({ error: message }, known ? error.status : 500)
  return c.html(page(status.services(), status.incidents(), message), known ? error.status : 500)
})

function text(value: unknown, least: number, most: number, otherwise: string): string {
  const given = typeof value === "string" ? value.trim() : ""
  if (given.length < least || given.length > most) throw new HTTPException(422, { message: otherwise })
  return given
}

function level(value: unknown): status.Level {
  if (value === "slow" || value === "down") return value
  throw new HTTPException(422, { message: "Choose whether it is slow or down." })
}

const port = Number(process.env.PORT ?? 3000)
serve({ fetch: app.fetch, port, hostname: "0.0.0.0" }, () => console.log(`Listening at port ${port}`))
