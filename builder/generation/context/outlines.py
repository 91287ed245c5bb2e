"""What a file gives to others and takes from them, and the words in it: by parsers, once for each content."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from builder.generation.context.queries import FIRST_ARGUMENT_IS_PATH, GRAMMAR_OF, METHODS, QUERIES
from builder.generation.edits.syntax import syntax_tree

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query, Tree

_LONGEST: Final = 300_000  # characters: a longer file is data, or made by a machine
_MOST_NAMES: Final = 40
_MOST_TEXTS: Final = 200
# "useBookList" is three words; what is not Latin stays whole.
_WORD: Final = re.compile(r"[A-Z]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+|[^\W\d_]+")


@dataclass(frozen=True)
class Outline:
    """A file without its bodies. `imports` as they are written; `routes` such as "GET /api/books" or "/about"; `calls`:
    addresses of the app's own server; `texts`: what a person reads on the screen; `mistakes`: places that are not of the
    file's language."""

    content: str = field(repr=False)
    lines: int
    characters: int
    exports: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    mistakes: int = 0

    @cached_property
    def words(self) -> Mapping[str, int]:
        """The stems of all words of the file, counted: a quarter of what reading it costs, and only a request asks for them."""
        return stems(self.content[:_LONGEST])


@dataclass(frozen=True, slots=True)
class _Content:
    extension: str
    sha: str
    text: str = field(compare=False)


def outline(path: str, text: str, sha: str) -> Outline:
    """Of a file whose language no parser here reads, the size and the words. `sha`: the digest of `text`."""
    return _outlined(_Content(path.rpartition(".")[2].lower(), sha, text))


@lru_cache(maxsize=4_000)
def _outlined(content: _Content) -> Outline:
    path, text = f"file.{content.extension}", content.text
    found: dict[str, dict[str, None]] = {}
    mistakes = _gather(path, text, found) if len(text) <= _LONGEST else 0
    named = {kind: tuple(names)[:_MOST_NAMES] for kind, names in found.items()}
    named["texts"] = tuple(found.get("texts", ()))[:_MOST_TEXTS]
    return Outline(text, text.count("\n") + 1, len(text), mistakes=mistakes, **named)


def stems(text: str) -> Counter[str]:
    """The words of `text` without case and the commonest endings, so that "Invoices" is found by "invoice"."""
    counted: Counter[str] = Counter()
    for word, times in Counter(_WORD.findall(text)).items():
        counted[_stem(word)] += times
    return counted


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    word = word.lower()
    for ending, instead, least in (("ies", "y", 5), ("ing", "", 6), ("ed", "", 5), ("s", "", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def _gather(path: str, text: str, found: dict[str, dict[str, None]]) -> int:
    """How many mistakes the parser met; what it read goes into `found`."""
    grammar = GRAMMAR_OF.get(path.rpartition(".")[2].lower())
    tree = syntax_tree(path, text) if grammar else None
    if grammar is None or tree is None:
        return 0
    from tree_sitter import QueryCursor

    captured = {
        kind: sorted(nodes, key=lambda node: node.start_byte)
        for kind, nodes in QueryCursor(_query(tree.language, grammar)).captures(tree.root_node).items()
    }
    for kind in ("exports", "imports", "texts"):
        _add(found, kind, (_text(node).strip("\"'") for node in captured.get(kind, ())))
    for node in captured.get("sources", ()):
        _add(found, "imports", _modules(node))
    _addresses(captured, found)
    # The templates of Vue and Svelte are not quite HTML, and style sheets have more than their grammar knows.
    mistakes = 0 if grammar in ("html", "css") else _mistakes(tree)
    return mistakes + sum(_gather("script.ts", _text(script), found) for script in captured.get("scripts", ()))


def _mistakes(tree: Tree) -> int:
    """Those within one another count once."""
    found, left = 0, [tree.root_node]
    while left:
        node = left.pop()
        if node.is_error or node.is_missing:
            found += 1
        elif node.has_error:
            left.extend(node.children)
    return found


def _addresses(captured: Mapping[str, list[Node]], found: dict[str, dict[str, None]]) -> None:
    """A call such as `app.get("/api/books", …)` or `@app.get("/api/books")` is a route; any other address is a call."""
    taken: set[int] = set()
    prefixes = [_text(node) for node in captured.get("prefixes", ())]
    prefix = prefixes[0].rstrip("/") if len(prefixes) == 1 else ""
    for call in captured.get("routed", ()):
        method, address, rest = _routed(call)
        if method in METHODS and address is not None and rest and _text(address).startswith("/"):
            taken.add(address.id)
            whole = (prefix + _text(address)).rstrip("/") or "/"
            _add(found, "routes", [whole if method in FIRST_ARGUMENT_IS_PATH else f"{method.upper()} {whole}"])
    if not found.get("routes"):
        _add(found, "routes", prefixes)
    pages = (_text(node).strip('"') for node in captured.get("pages", ()))
    _add(found, "routes", (page for page in pages if page.startswith(("/", ":")) or " /" in page))
    others = (_text(node) for node in captured.get("addresses", ()) if node.id not in taken)
    _add(found, "calls", (address for address in others if address.startswith("/api")))


def _routed(call: Node) -> tuple[str, Node | None, bool]:
    """The method, the node of the address, and whether this is where the address is answered."""
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None or not arguments.named_children:
        return "", None, False
    name = function.child_by_field_name("property") or function.child_by_field_name("attribute")
    text = next(
        (part for part in arguments.named_children[0].named_children if part.type.endswith(("fragment", "content"))),
        None,
    )
    decorated = call.parent is not None and call.parent.type == "decorator"
    return _text(name) if name else "", text, decorated or len(arguments.named_children) > 1


def _modules(statement: Node) -> Iterable[str]:
    """`from a.b import c` takes a.b, and a.b.c where that is a module."""
    module = statement.child_by_field_name("module_name")
    base = _text(module) if module else ""
    if base:
        yield base
    for name in statement.children_by_field_name("name"):
        plain = _text(name.child_by_field_name("name") or name)
        yield f"{base}{plain}" if base.endswith(".") or not base else f"{base}.{plain}"


def _add(found: dict[str, dict[str, None]], kind: str, names: Iterable[str]) -> None:
    cleaned = (" ".join(name.split()) for name in names)
    found.setdefault(kind, {}).update((name, None) for name in cleaned if 0 < len(name) <= 120)


@cache
def _query(language: Language, grammar: str) -> Query:
    from tree_sitter import Query

    return Query(language, QUERIES[grammar])


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
