// The page, as text. Everything that somebody typed goes through `html`, which escapes it.
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

class Markup extends String {}

function html(parts, ...values) {
  const text = (value) =>
    Array.isArray(value) ? value.map(text).join("") : value instanceof Markup ? value : String(value ?? "").replace(/[&<>"']/g, (sign) => ESCAPES[sign]);
  return new Markup(String.raw({ raw: parts }, ...values.map(text)));
}

const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });

export function library({ bookmarks, tags, search, tag, fault = "", given = {} }) {
  return String(html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Dog Ear</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <header>
      <h1><a href="/">Dog Ear</a></h1>
      <form role="search" action="/">
        <label><span class="hidden">Search</span><input type="search" name="search" value="${search}" placeholder="Search titles, notes, tags"></label>
        <button>Search</button>
      </form>
    </header>
    <div class="sides">
      <aside>
        <nav aria-label="Tags">
          <h2>Tags</h2>
          <ul>
            <li><a href="/" ${tag ? "" : new Markup('aria-current="true"')}>Everything</a></li>
            ${tags.map(([name, count]) => html`<li><a href="/?tag=${encodeURIComponent(name)}" ${name === tag ? new Markup('aria-current="true"') : ""}>${name} <span>${count}</span></a></li>`)}
          </ul>
        </nav>
        <details ${fault ? new Markup("open") : ""}>
          <summary>Keep a page</summary>
          <form method="post" action="/bookmarks">
            <label>Address<input name="address" type="url" required placeholder="https://" maxlength="2000" value="${given.address}"></label>
            ${fault && html`<p class="fault" role="alert">${fault}</p>`}
            <label>Title<input name="title" maxlength="120" value="${given.title}"></label>
            <label>Note<textarea name="note" rows="2" maxlength="400">${given.note}</textarea></label>
            <label>Tags<input name="tags" placeholder="art free" value="${given.tags}"></label>
            <button>Keep</button>
          </form>
        </details>
      </aside>
      <main>
        <h2>${search ? html`“${search}”` : tag || "Everything"} <span>${bookmarks.length}</span></h2>
        ${bookmarks.length ? html`<ul>${bookmarks.map(card)}</ul>` : html`<p class="empty">Nothing is kept that fits. <a href="/">Show everything</a></p>`}
      </main>
    </div>
  </body>
</html>`);
}

function card({ id, address, title, note, tags, made }) {
  return html`<li>
  <h3><a href="${address}" target="_blank" rel="noopener noreferrer">${title}</a></h3>
  <p class="host">${new URL(address).hostname}</p>
  ${note && html`<p>${note}</p>`}
  <footer>
    ${tags.map((tag) => html`<a class="tag" href="/?tag=${encodeURIComponent(tag)}">${tag}</a>`)}
    <time datetime="${made}">${day.format(new Date(made))}</time>
    <form method="post" action="/bookmarks/${id}/delete"><button class="quiet" aria-label="Remove: ${title}">Remove</button></form>
  </footer>
</li>`;
}
