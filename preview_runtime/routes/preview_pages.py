"""The few pages of a preview host itself: nothing yet, not found, asleep, private, no such preview."""

from __future__ import annotations

import html
from typing import Final

from preview_runtime.phrases import Phrase, Speak

_WAKING: Final = Phrase("page.waking.title")
# Text colours have a contrast of at least 4.5:1 on both backgrounds (WCAG 1.4.3).
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
# The script polls twice a second, then less often, and loads the app when it is there. An app's own server may answer
# HEAD with any error; only a router's error page counts as no answer.
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


def waiting_page(speak: Speak) -> bytes:
    """The app has no output yet; the page reloads itself once there is some."""
    return _page(speak, Phrase("page.waiting.title"), Phrase("page.waiting.text"), head=_WAIT, role=' role="status"')


def silent_page(speak: Speak) -> bytes:
    """The server part accepts no connection; the page reloads itself once it does."""
    return _page(speak, Phrase("page.silent.title"), Phrase("page.silent.text"), head=_WAIT, role=' role="status"')


def waking_page(speak: Speak) -> bytes:
    """The app is being woken; the page reloads itself once it runs."""
    bar = f'<progress aria-label="{html.escape(speak(_WAKING))}"></progress>'
    return _page(
        speak, Phrase("page.waking.title"), Phrase("page.waking.text"), head=_WAIT, role=' role="status"', more=bar
    )


def failed_page(speak: Speak, problem: Phrase) -> bytes:
    """The app could not be started, and why."""
    return _page(
        speak, Phrase("page.failed.title"), problem, more=f"<p>{html.escape(speak(Phrase('page.failed.text')))}</p>"
    )


def closed_page(speak: Speak) -> bytes:
    """A private preview, and a visitor without a ticket."""
    return _page(speak, Phrase("page.closed.title"), Phrase("page.closed.text"))


def missing_page(speak: Speak) -> bytes:
    """The app exists, this address in it does not."""
    return _page(
        speak,
        Phrase("page.missing.title"),
        Phrase("page.missing.text"),
        more=f'<a href="/">{html.escape(speak(Phrase("page.home")))}</a>',
    )


def gone_page(speak: Speak) -> bytes:
    """No such preview, or a share that was revoked."""
    return _page(speak, Phrase("page.gone.title"), Phrase("page.gone.text"))


def _page(speak: Speak, title: Phrase, text: Phrase, *, head: str = "", role: str = "", more: str = "") -> bytes:
    return _PAGE.format(
        language=html.escape(speak(Phrase("page.language"))),
        title=html.escape(speak(title)),
        text=html.escape(speak(text)),
        head=head,
        role=role,
        more=more,
    ).encode()
