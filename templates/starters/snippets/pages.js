// The pages, as text. Whatever somebody pasted goes through `escape`.
import { KEPT } from "./store.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (value) => String(value ?? "").replace(/[&<>"']/g, (sign) => ESCAPES[sign]);
const when = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
const day = (text) => when.format(new Date(`${text.replace(" ", "T")}Z`));

function frame(title, main) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escape(title)}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <header><a href="/">Scrap</a><p>Paste it, get a link.</p></header>
    <main>${main}</main>
  </body>
</html>`;
}

export function home(snippets, fault = "", given = new URLSearchParams()) {
  const kept = [...KEPT].map(([days, words]) => `<option value="${days}"${given.get("days") === days ? " selected" : ""}>${words}</option>`);
  return frame("Scrap", `
<form method="post" action="/">
  <h1 class="hidden">New snippet</h1>
  <label><span class="hidden">Title</span><input name="title" maxlength="100" placeholder="Title, if it has one" value="${escape(given.get("title"))}"></label>
  <label><span class="hidden">Text</span><textarea name="text" rows="12" required spellcheck="false" placeholder="Paste or write here">${escape(given.get("text"))}</textarea></label>
  ${fault ? `<p class="fault" role="alert">${escape(fault)}</p>` : ""}
  <div class="row"><label>Keep it <select name="days">${kept.join("")}</select></label><button>Make a link</button></div>
</form>
<section aria-labelledby="recent">
  <h2 id="recent">Pasted last</h2>
  ${snippets.length ? `<ul>${snippets.map(card).join("")}</ul>` : "<p>Nothing yet.</p>"}
</section>`);
}

const card = ({ id, title, start, made }) =>
  `<li><a href="/s/${escape(id)}"><strong>${escape(title)}</strong><time>${day(made)}</time><code>${escape(start)}</code></a></li>`;

export function snippet({ id, title, text, made, ends }) {
  const lines = text.replace(/\n$/, "").split("\n").map((line) => `<span>${escape(line)}\n</span>`).join("");
  return frame(`${title} · Scrap`, `
<article>
  <h1>${escape(title)}</h1>
  <p class="facts">${day(made)}, ${ends ? `runs out on ${day(ends)}` : "kept for good"}</p>
  <div class="row">
    <button type="button" id="copy">Copy the text</button>
    <a class="button" href="/s/${escape(id)}/raw">Plain text</a>
    <form method="post" action="/s/${escape(id)}/delete"><button class="quiet">Delete</button></form>
  </div>
  <pre tabindex="0"><code>${lines}</code></pre>
</article>
<script>
const copy = document.getElementById("copy");
copy.onclick = async () => {
  await navigator.clipboard.writeText(document.querySelector("pre").innerText);
  copy.textContent = "Copied";
};
</script>`);
}

export const notice = (sentence) => frame("Scrap", `<p class="notice">${escape(sentence)} <a href="/">All snippets</a></p>`);
