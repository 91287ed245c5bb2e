// The page. `html` of Hono escapes everything that is put into it.
import { html } from "hono/html"
import type { Incident, Service, State } from "./status.ts"

const WORDS: Record<State, string> = { up: "Running", slow: "Impaired", down: "Down" }
const moment = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hour12: false })

export function page(services: Service[], incidents: Incident[], fault = "") {
  const trouble = services.filter((service) => service.state !== "up")
  const worst: State = trouble.some((service) => service.state === "down") ? "down" : trouble.length ? "slow" : "up"
  const sentence = trouble.length === 0 ? "Everything runs." : `${trouble.map((service) => service.name).join(", ")}: ${WORDS[worst].toLowerCase()}.`
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Harbour Status</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <header data-state="${worst}">
      <p>Harbour Status</p>
      <h1>${sentence}</h1>
      <p>Looked up on ${moment.format(new Date())}, UTC</p>
    </header>
    <main>
      ${fault ? html`<p class="fault" role="alert">${fault}</p>` : ""}
      <section aria-labelledby="services">
        <h2 id="services">Services</h2>
        <ul>${services.map(service)}</ul>
      </section>
      <section aria-labelledby="incidents">
        <h2 id="incidents">What happened</h2>
        ${incidents.length ? incidents.map(incident) : html`<p class="quiet">Nothing in a long time.</p>`}
      </section>
      <details>
        <summary>Report an incident</summary>
        <form method="post" action="/incidents">
          <label>Service<select name="service">${services.map((one) => html`<option value="${one.id}">${one.name}</option>`)}</select></label>
          <label class="grow">What happens<input name="title" required minlength="3" maxlength="120"></label>
          <label>How bad<select name="level"><option value="slow">Impaired</option><option value="down">Down</option></select></label>
          <button>Report</button>
        </form>
      </details>
    </main>
  </body>
</html>`
}

function service({ name, about, state, days }: Service) {
  const good = days.filter((day) => day === "up").length
  return html`<li>
  <div><h3>${name}</h3><p>${about}</p></div>
  <strong data-state="${state}">${WORDS[state]}</strong>
  <div class="days" role="img" aria-label="${good} of the last ${days.length} days without trouble">${days.map((day) => html`<i data-state="${day}"></i>`)}</div>
</li>`
}

function incident({ id, service, title, level, began, over, updates }: Incident) {
  return html`<article data-state="${over ? "up" : level}">
  <h3>${title}</h3>
  <p class="quiet">${service} · ${moment.format(new Date(began))} ${over ? html`to ${moment.format(new Date(over))}` : html`<strong data-state="${level}">goes on</strong>`}</p>
  <ol>${updates.map(({ text, at }) => html`<li><time datetime="${at}">${moment.format(new Date(at))}</time>${text}</li>`)}</ol>
  ${over ? "" : html`<form method="post" action="/incidents/${id}/updates">
    <label class="grow">What is new<input name="text" required minlength="3" maxlength="400"></label>
    <label class="check"><input type="checkbox" name="over"> It is over</label>
    <button>Add</button>
  </form>`}
</article>`
}
