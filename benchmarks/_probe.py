"""One probe for everything that is timed: the first frame that shows an expected text, by the wall clock."""

from __future__ import annotations

import time

from playwright.sync_api import Page

# In every frame: each animation frame looks for tokens in the document's text; a message task after that frame, when
# its picture has been handed on, stamps the time. The builder's own page only tells when a key was pressed.
_SCRIPT = """(() => {
  if (location.hostname === "localhost") {
    addEventListener("keydown", (event) => { if (event.isTrusted) window.__pressed = Date.now(); }, true);
    return;
  }
  // Frames in which the app is walked through have a clock of their own, and are seen by nobody.
  if (!location.protocol.startsWith("http") || /^w\\d*-/.test(location.hostname)) return;
  const known = new Set();
  const look = () => {
    const found = (document.body?.textContent ?? "").match(/probe-\\w+;/g) ?? [];
    for (const shown of found) {
      const token = shown.slice(0, -1);
      if (known.has(token)) continue;
      known.add(token);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.__painted(token, Date.now());
      port2.postMessage(0);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""


def now() -> float:
    """Milliseconds since the epoch: the clock of `Date.now()`."""
    return time.time() * 1000


class Probe:
    """Watches a page and the frames in it. Times are milliseconds since the epoch."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._seen: dict[str, float] = {}
        page.expose_binding("__painted", lambda _, token, at: self._seen.__setitem__(token, at))
        page.add_init_script(_SCRIPT)

    def forget(self, token: str) -> None:
        self._seen.pop(token, None)

    def painted(self, token: str, seconds: float = 30) -> float:
        """When the first frame with `token` was out. Raises TimeoutError after `seconds`."""
        deadline = time.monotonic() + seconds
        while token not in self._seen:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{token} was not painted within {seconds:.0f} s at {self.page.url}")
            self.page.wait_for_timeout(5)
        return self._seen[token]

    def pressed(self) -> float:
        """When the builder's page got the last key."""
        return float(self.page.evaluate("window.__pressed"))
