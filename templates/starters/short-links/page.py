"""The pages, as text. Whatever somebody typed goes through `escape`."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import urlsplit

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hop</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><h1><a href="/">Hop</a></h1><p>Long addresses, made short.</p></header>
<main>"""
_COPY = """<script>
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});
</script>"""


def home(links: list[dict], origin: str, fault: str = "", fields: dict[str, str] | None = None) -> str:
    """The form and all links."""
    fields = fields or {}
    kept = {name: escape(fields.get(name, "")) for name in ("target", "code", "note")}
    said = f'<p class="fault" role="alert">{escape(fault)}</p>' if fault else ""
    host = urlsplit(origin).netloc
    rows = "".join(_row(link, origin, max(each["visits"] for each in links)) for link in links)
    total = sum(link["visits"] for link in links)
    return f"""{_HEAD}
<form method="post" action="/links">
  <label class="wide">Long address<input name="target" type="url" required placeholder="https://" value="{kept['target']}" maxlength="2000"></label>
  <label>Short name <small>or leave it to us</small><input name="code" value="{kept['code']}" maxlength="32" autocapitalize="none"></label>
  <label>What it is <small>for your own list</small><input name="note" value="{kept['note']}" maxlength="80"></label>
  <button>Make it short</button>
  {said}
</form>
<section id="links" aria-labelledby="title">
  <h2 id="title">{len(links)} {"link" if len(links) == 1 else "links"} <span>{total:,} visits on {escape(host)}</span></h2>
  <ul>{rows or '<li class="empty">No links yet. Make the first one above.</li>'}</ul>
</section>
</main>{_COPY}</body></html>"""


def _row(link: dict, origin: str, most: int) -> str:
    code, target, note = escape(link["code"]), escape(link["target"]), escape(link["note"])
    share = round(100 * link["visits"] / most) if most else 0
    return f"""<li>
  <div class="what"><a class="short" href="/{code}" target="_blank" rel="noopener">/{code}</a><strong>{note}</strong><span class="target">{target}</span></div>
  <div class="count"><span>{link["visits"]:,}</span> <small>visits</small><i style="width: {share}%"></i></div>
  <div class="acts">
    <button type="button" class="quiet" data-copy="{escape(origin)}/{code}" aria-label="Copy the link {code}">Copy</button>
    <form method="post" action="/delete"><input type="hidden" name="code" value="{code}"><button class="quiet" aria-label="Delete the link {code}">Delete</button></form>
  </div>
</li>"""


def missing(path: str) -> str:
    return f'{_HEAD}<section class="missing"><h2>Nothing hops to {escape(path[:80])}</h2><p>The link was removed, or a letter is wrong. <a href="/">All links</a></p></section></main></body></html>'


def as_json(links: list[dict], origin: str) -> bytes:
    return json.dumps([link | {"short": f"{origin}/{link['code']}"} for link in links]).encode()
