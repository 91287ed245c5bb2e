"""What a screen reader says of a page: where the focus is, by Chromium's accessibility tree, and what is announced."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Error, Page

# As a screen reader hears it: what is added to a live region, whole where it is atomic, and nothing where it is off.
# A region that appears with its text is said only as an alert, as browsers tell of those and of no others.
_HEARD = """() => {
  if (window.heard || window.top !== window || !document) return;
  window.heard = [];
  const IMPLICIT = { status: "polite", log: "polite", alert: "assertive", alertdialog: "off", timer: "off" };
  const manner = (one) => one.getAttribute("aria-live") ?? IMPLICIT[one.getAttribute("role")] ?? null;
  const region = (node) => {
    for (let one = node; one; one = one.parentElement)
      if (manner(one)) return one;
    return null;
  };
  const hidden = (one) => !one.isConnected || one.closest("[aria-hidden=true], [inert]") || !one.checkVisibility({ visibilityProperty: true });
  const words = (node) => {
    if (node instanceof Text) return node.data;
    if (!(node instanceof Element) || hidden(node)) return "";
    const label = node.getAttribute("aria-label");
    const inner = label ?? [...node.childNodes].map(words).join(" ");
    return inner;
  };
  const say = (text) => { const said = text.replace(/\\s+/g, " ").trim(); if (said) window.heard.push(said); };
  // A popover is in the tree from when it is shown.
  document.addEventListener("toggle", ({ target, newState }) => {
    if (newState === "open" && target.popover && region(target)) say(words(target));
  }, true);
  new MutationObserver((changes) => {
    const added = new Set();
    for (const { type, target, addedNodes } of changes)
      for (const node of type === "characterData" ? [target] : addedNodes) added.add(node);
    const atomic = new Set();
    for (const node of added) {
      if (!node.isConnected) continue;
      let up = node.parentNode;
      while (up && !added.has(up)) up = up.parentNode;
      if (up) continue;  // said with what it came in
      if (node instanceof Element) for (const alert of [...(node.matches("[role=alert]") ? [node] : []), ...node.querySelectorAll("[role=alert]")]) if (!hidden(alert)) say(words(alert));
      if (node instanceof Element && node.matches("[role=alert]")) continue;
      const of = region(node.parentElement);
      if (!of || manner(of) === "off" || hidden(of) || of.closest("[aria-busy=true]")) continue;
      if (of.getAttribute("aria-atomic") === "true" || (of.getAttribute("role") === "status" && of.getAttribute("aria-atomic") !== "false") || of.getAttribute("role") === "alert") atomic.add(of);
      else say(words(node));
    }
    for (const of of atomic) say(words(of));
  }).observe(document, { subtree: true, childList: true, characterData: true });
}"""
_STATES = ("expanded", "pressed", "checked", "selected", "disabled", "invalid", "required", "busy")


class ScreenReader:
    """Listens to `page` from its next address on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.add_init_script(f"({_HEARD})()")
        self._tree = page.context.new_cdp_session(page)
        self._tree.send("Accessibility.enable")

    def focus(self) -> str:
        """Role, name and states of what has the focus: `button "Share", expanded`."""
        try:
            found = self._tree.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]
            asked = {"objectId": found["objectId"], "fetchRelatives": False}
            node = self._tree.send("Accessibility.getPartialAXTree", asked)["nodes"][0]
        except (KeyError, Error):
            return ""  # between two pages
        parts = [f'{node["role"]["value"]} "{_text(node.get("name"))}"']
        states = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
        if level := states.get("level"):
            parts.append(f"level {level}")
        for name in _STATES:
            value = states.get(name)
            if name == "expanded" and value is False:
                parts.append("collapsed")
            elif value in (True, "true"):
                parts.append(name)
        if (described := _text(node.get("description"))) != _text(node.get("name")) and described:
            parts.append(f'"{described}"')
        return ", ".join(parts)

    def announced(self) -> list[str]:
        """What was said by live regions since the last time, oldest first."""
        said: list[str] = self._page.evaluate("() => (window.heard ?? []).splice(0)")
        return said


def _text(value: dict[str, Any] | None) -> str:
    return re.sub(r"\s+", " ", str((value or {}).get("value") or "")).strip()
