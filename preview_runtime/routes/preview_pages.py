"""The few pages a preview host speaks with its own voice: nothing yet, nothing here, asleep, private, no such preview."""

from __future__ import annotations

import html
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PreviewTexts:
    """What those pages say; pass another instance for another language."""

    language: str = "en"
    waiting_title: str = "Nothing to show yet"
    waiting_text: str = (
        "The app is still being made, or its server is stopped. "
        "This page shows it as soon as there is something to see."
    )
    missing_title: str = "There is no page at this address"
    missing_text: str = "The app has no such page or file."
    gone_title: str = "There is no app at this address"
    gone_text: str = "The link may be mistyped, or the person who shared it has taken it back."
    silent_title: str = "The app is not answering"
    silent_text: str = (
        "Its server is starting, or has stopped. This page tries again by itself; the builder's log says more."
    )
    waking_title: str = "Waking the app"
    waking_text: str = "Nobody used it for a while, so it was put to sleep. This page shows it as soon as it runs."
    waking_short: str = "The app was asleep and is being woken. Ask again in a moment."
    failed_title: str = "The app does not run"
    failed_text: str = "Whoever made it can open it in Sayso, see what went wrong and start it again."
    closed_title: str = "This app is private"
    closed_text: str = "Open it from its project in Sayso, where you are signed in."
    too_large: str = "That is too much for one request: at most {megabytes} MB are taken."
    too_slow: str = "The request took too long to arrive. Send it again."
    too_many: str = "Too many requests in a short time. Ask again in {seconds} s."
    too_busy: str = "The app has as many connections as it may have. Try again in a moment."
    home: str = "Go to the app's first page"
    no_backend: str = "This preview has no server part, so nothing answers here."
    read_only: str = "A preview only answers to GET and HEAD."


# Colours carry at least 4.5:1 on both grounds (WCAG 1.4.3).
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>{head}<style>
:root{{color-scheme:light dark}}
body{{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;
background:light-dark(#fbfaf8,#0e1014);color:light-dark(#1c1b1a,#eceae6)}}
main{{max-width:26rem;padding:2rem;text-align:center}}h1{{font-size:1.25rem;margin:0 0 .5rem}}p{{margin:0 0 1rem}}
a,progress{{color:light-dark(#c2410c,#ff7a45);accent-color:currentColor}}
progress{{width:100%}}p{{overflow-wrap:anywhere}}
</style></head><body><main><div{role}><h1>{title}</h1><p>{text}</p></div>{more}</main></body></html>
"""
# Asks twice a second, then less often, and loads the app when it is there. A server of its own may answer HEAD with any
# error; only what a router says in its place is no answer.
_WAIT = """<noscript><meta http-equiv="refresh" content="3"></noscript><script>
let pause = 500;
const ask = async () => {
  try {
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", headers: { Accept: "text/html" } });
    if (![429, 502, 503, 504].includes(answer.status) && !answer.headers.get("X-Preview-State")) return location.reload();
  } catch { /* the server is away: ask again */ }
  pause = Math.min(pause * 1.3, 5000);
  setTimeout(ask, pause);
};
setTimeout(ask, pause);
</script>"""


def waiting_page(texts: PreviewTexts) -> bytes:
    """The app has no output yet; the page reloads itself once there is some."""
    return _page(texts, texts.waiting_title, texts.waiting_text, head=_WAIT, role=' role="status"')


def silent_page(texts: PreviewTexts) -> bytes:
    """The server part takes no connection; the page reloads itself once it does."""
    return _page(texts, texts.silent_title, texts.silent_text, head=_WAIT, role=' role="status"')


def waking_page(texts: PreviewTexts) -> bytes:
    """The app is being woken; the page reloads itself once it runs."""
    bar = f'<progress aria-label="{html.escape(texts.waking_title)}"></progress>'
    return _page(texts, texts.waking_title, texts.waking_text, head=_WAIT, role=' role="status"', more=bar)


def failed_page(texts: PreviewTexts, problem: str) -> bytes:
    """The app could not be started, and why."""
    return _page(texts, texts.failed_title, problem, more=f"<p>{html.escape(texts.failed_text)}</p>")


def closed_page(texts: PreviewTexts) -> bytes:
    """A private preview, and a visitor without a ticket."""
    return _page(texts, texts.closed_title, texts.closed_text)


def missing_page(texts: PreviewTexts) -> bytes:
    """The app is there, this address in it is not."""
    return _page(texts, texts.missing_title, texts.missing_text, more=f'<a href="/">{html.escape(texts.home)}</a>')


def gone_page(texts: PreviewTexts) -> bytes:
    """No such preview, or a share that was revoked."""
    return _page(texts, texts.gone_title, texts.gone_text)


def _page(texts: PreviewTexts, title: str, text: str, *, head: str = "", role: str = "", more: str = "") -> bytes:
    return _PAGE.format(
        language=html.escape(texts.language),
        title=html.escape(title),
        text=html.escape(text),
        head=head,
        role=role,
        more=more,
    ).encode()
