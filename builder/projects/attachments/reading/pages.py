"""A saved web page: its texts and controls in order, its landmarks, colours and fonts. No script of it is read."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator
from typing import Final

import tree_sitter_css
import tree_sitter_html
from tree_sitter import Language, Node, Parser

from builder.projects.attachments.reading.results import MOST_CHARACTERS, AttachmentReading, of_text

_MOST_STYLE_BYTES: Final = 1_000_000
_ENOUGH: Final = 10 * MOST_CHARACTERS  # of text: a page with more is walked no further
_LANDMARKS: Final = frozenset(
    {"header", "nav", "main", "aside", "footer", "section", "article", "form", "dialog", "table"}
)
_HEADINGS: Final = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS: Final = frozenset({
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "td", "th", "blockquote", "pre", "figure", "figcaption", "title",
    "label", "fieldset", "legend", "option", "select", "br", "hr", "body", "head", "html", "address", "summary", "details",
})  # fmt: skip
_LEFT_OUT: Final = frozenset({"noscript", "template", "svg", "iframe", "object", "canvas", "math"})
_COLOURS: Final = frozenset({"rgb", "rgba", "hsl", "hsla", "oklch", "oklab", "hwb"})


def looks_like_page(text: str) -> bool:
    head = text[:2_000].lstrip("\ufeff \t\r\n").lower()
    while head.startswith("<!--") and "-->" in head:
        head = head.partition("-->")[2].lstrip()
    return head.startswith(("<!doctype html", "<html", "<head", "<body"))


def read_page(text: str) -> AttachmentReading:
    source = text.encode("utf-8", "replace")
    page = _Page(source)
    page.walk(Parser(Language(tree_sitter_html.language())).parse(source).root_node)
    colours, fonts = _look("\n".join(page.styles))
    said = [f"Colours: {', '.join(f'{one} ({count})' for one, count in colours.most_common(16))}"] if colours else []
    said += [f"Fonts: {'; '.join(one for one, _ in fonts.most_common(6))}"] if fonts else []
    return of_text("page", "\n".join([*said, "Content:", *page.lines]))


class _Page:
    """`lines`: what is there to read; `styles`: its style sheets, as far as they are in the page."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self.lines: list[str] = []
        self.styles: list[str] = []
        self._said: list[str] = []
        self._prefix = ""
        self._depth = 0
        self._length = 0

    def walk(self, root: Node) -> None:
        # Its own stack: a page may be nested deeper than Python calls itself.
        waiting: list[tuple[Node, bool]] = [(root, False)]
        while waiting and self._length < _ENOUGH:
            node, over = waiting.pop()
            if over:
                self._end(_tag(node))
            elif node.type in ("text", "entity"):
                self._say(node)
            elif node.type == "style_element":
                self.styles += [_text(part) for part in node.children if part.type == "raw_text"]
            elif node.type == "document":
                waiting += [(child, False) for child in reversed(node.children)]
            elif node.type == "element" and (tag := _tag(node)) not in _LEFT_OUT:
                self._begin(tag, _attributes(node))
                waiting.append((node, True))
                waiting += [(child, False) for child in reversed(node.children)]
        self._flush()

    def _say(self, node: Node) -> None:
        # The grammar leaves out the spaces at both ends of a text.
        before, after = (
            self._source[max(0, node.start_byte - 1) : node.start_byte],
            self._source[node.end_byte : node.end_byte + 1],
        )
        text = html.unescape(_text(node)) if node.type == "entity" else _text(node)
        self._said.append(f"{' ' * before.isspace()}{text}{' ' * after.isspace()}")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if style := attributes.get("style"):
            self.styles.append(f"a{{{style}}}")
        name = attributes.get("aria-label") or attributes.get("alt") or attributes.get("placeholder") or ""
        if tag in _LANDMARKS:
            self._flush()
            self.lines.append("  " * min(self._depth, 8) + f"<{tag}>")
            self._depth += 1
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._flush()
            self._prefix = _HEADINGS.get(tag, "- " if tag == "li" else "")
        elif tag in ("img", "input", "textarea"):
            kind = attributes.get("type", "text") if tag == "input" else tag
            if kind != "hidden":
                self._said.append(f" ({kind}: {name or attributes.get('value', '')}) ")
        elif tag in ("a", "button"):
            self._said.append(" [")

    def _end(self, tag: str) -> None:
        if tag in _LANDMARKS:
            self._flush()
            self._depth = max(0, self._depth - 1)
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._flush()
        elif tag in ("a", "button"):
            self._said.append("] ")
        elif tag == "span":
            self._said.append(" ")

    def _flush(self) -> None:
        text = " ".join("".join(self._said).split()).replace("[ ", "[").replace(" ]", "]")
        if text and text != "[]":
            self._length += len(text)
            self.lines.append("  " * min(self._depth, 8) + self._prefix + text)
        self._said, self._prefix = [], ""


def _tag(node: Node) -> str:
    start = node.children[0] if node.children else None
    return _text(start.children[1]).lower() if start and len(start.children) > 1 else ""


def _attributes(node: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute in node.children[0].children:
        if attribute.type == "attribute" and len(attribute.children) == 3:
            name, _, value = attribute.children
            found.setdefault(_text(name).lower(), html.unescape(_text(value).strip("\"'")))
    return found


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _look(css: str) -> tuple[Counter[str], Counter[str]]:
    """How often each colour and each font is named."""
    sheet = css.encode("utf-8", "replace")[:_MOST_STYLE_BYTES]
    colours: Counter[str] = Counter()
    fonts: Counter[str] = Counter()
    for node in _all(Parser(Language(tree_sitter_css.language())).parse(sheet).root_node):
        if node.type == "color_value" or (
            node.type == "call_expression" and node.children and _text(node.children[0]).lower() in _COLOURS
        ):
            colours[_text(node).lower()[:60]] += 1
        elif node.type == "declaration" and node.children and _text(node.children[0]).lower() == "font-family":
            fonts[" ".join(_text(node).partition(":")[2].strip(" ;").split())[:120]] += 1
    return colours, fonts


def _all(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)
