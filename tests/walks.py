"""Walks under Playwright: the same files, with a real mouse and keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, expect

from tests.starters import Starter

Target = dict[str, Any]
_STATES = {"pressed": "aria-pressed", "selected": "aria-selected", "expanded": "aria-expanded"}
_MS = 5_000


def walks_of(starter: Starter) -> dict[str, dict[str, Any]]:
    """A starter's walks by path."""
    return {path: json.loads(starter.text(path)) for path in starter.files() if path.startswith("walks/")}


def walk_through(page: Page, walk: dict[str, Any]) -> None:
    """Walk through the app that `page` shows. A step that fails raises, and says which it is."""
    page.on("dialog", lambda dialog: dialog.accept())
    tabs = {1: page}
    for number, step in enumerate(walk["steps"], 1):
        try:
            if "tab" in step:
                page = tabs[step["tab"]] = tabs.get(step["tab"]) or _new_tab(tabs[1])
                continue
            _walk(page, step)
        except Exception as fault:
            fault.add_note(f"in step {number} of “{walk['title']}”: {json.dumps(step, ensure_ascii=False)}")
            raise


def _new_tab(page: Page) -> Page:
    """Another tab of the same app, at its first page."""
    tab = page.context.new_page()
    tab.goto("/".join(page.url.split("/", 3)[:3]))
    return tab


def _walk(page: Page, step: dict[str, Any]) -> None:
    match step:
        case {"click": target}:
            _one(page, target).click()
        case {"double_click": target}:
            _one(page, target).dblclick()
        case {"hover": target}:
            _one(page, target).hover()
        case {"type": text, "into": target}:
            field = _one(page, target)
            if field.get_attribute("type") in ("date", "number", "range", "email", "color", "time") or not text:
                field.fill(text)
            else:
                field.fill(text[:-1])
                page.keyboard.type(text[-1])
        case {"press": key}:
            page.keyboard.press(key) if "on" not in step else _one(page, step["on"]).press(key)
        case {"select": words, "of": target}:
            _one(page, target).select_option(label=words)
        case {"check": target} | {"uncheck": target}:
            _one(page, target).set_checked("check" in step, force=True)
        case {"drag": target, "to": goal}:
            _one(page, target).drag_to(_one(page, goal))
        case {"open": path}:
            page.goto(urljoin(page.url, path))
        case {"back": True}:
            page.go_back()
        case {"reload": True}:
            page.reload()
        case {"viewport": size}:
            page.set_viewport_size(size)
        case {"wait": seconds}:
            page.clock.run_for(seconds * 1_000)
        case {"store": key, "value": value}:
            page.evaluate("([key, value]) => localStorage.setItem(key, value)", [key, value])
        case {"see": target}:
            _see(page, target, step)
        case {"not_see": target}:
            _until(page, lambda: _found(page, target).count() == 0, step)
        case {"stored": words}:
            kept = "() => JSON.stringify([localStorage, sessionStorage])"
            _until(page, lambda: words.lower() in page.evaluate(kept).lower(), step)
        case {"at": path}:
            _until(page, lambda: page.url.endswith(path), step)
        case _:
            raise AssertionError(f"no such step: {step}")


def _see(page: Page, target: Target, step: dict[str, Any]) -> None:
    _until(page, lambda: _found(page, target).count() >= 1, step)
    if "count" in step:
        return _until(page, lambda: _found(page, target).count() == step["count"], step)
    if not set(step) & {"value", "checked", "focused", "disabled", *_STATES}:
        return None
    element = _one(page, target)
    if "value" in step:
        shown = "(e) => e.localName === 'select' ? e.selectedOptions[0]?.label : e.value"
        _until(page, lambda: element.evaluate(shown).split() == step["value"].split(), step)
    if "checked" in step:
        expect(element).to_be_checked(checked=step["checked"])
    if "focused" in step:
        expect(element).to_be_focused() if step["focused"] else expect(element).not_to_be_focused()
    if "disabled" in step:
        expect(element).to_be_disabled() if step["disabled"] else expect(element).to_be_enabled()
    for state, attribute in _STATES.items():
        if state in step:
            expect(element).to_have_attribute(attribute, str(step[state]).lower())
    return None


def _one(page: Page, target: Target) -> Locator:
    _until(page, lambda: _found(page, target).count() == 1, target)
    return _found(page, target)


def _found(page: Page, target: Target) -> Locator:
    """Those that bear the words as a whole, else those that bear them as a part."""
    scope = _found(page, target["within"]) if "within" in target else page
    words = re.escape(" ".join(str(target.get("name") or target.get("label") or _words(target)).split()))
    words = words.replace("\\ ", "\\s+").replace("/", "\\/")  # of a selector of Playwright's a slash is the end
    found = _find(scope, target, re.compile(rf"^\s*{words}\s*$", re.IGNORECASE))
    if found.count() == 0:
        found = _find(scope, target, re.compile(words, re.IGNORECASE))
    return found.nth(target["nth"] - 1) if "nth" in target else found


def _words(target: Target) -> str:
    return str(target.get("placeholder") or target.get("text") or "")


def _find(scope: Page | Locator, target: Target, words: re.Pattern[str]) -> Locator:
    if "role" in target:
        named = {"name": words} if "name" in target else {}
        return scope.get_by_role(target["role"], **named)
    if "label" in target:
        return scope.get_by_label(words).filter(visible=True)
    if "placeholder" in target:
        return scope.get_by_placeholder(words).filter(visible=True)
    return scope.get_by_text(words).filter(visible=True)


def _until(page: Page, met: Callable[[], bool], what: object) -> None:
    for _ in range(_MS // 20):
        if met():
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"not within {_MS} ms: {json.dumps(what, ensure_ascii=False)}")
