"""Whether a file can be read as what its name says: what only a parser can tell."""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tree_sitter import Language, Query, Tree

# By extension: the module with the grammar, and its function. tsx reads JavaScript as well.
_GRAMMARS: Final = {
    **dict.fromkeys(("ts", "mts", "cts"), ("tree_sitter_typescript", "language_typescript")),
    **dict.fromkeys(("tsx", "jsx", "js", "mjs", "cjs"), ("tree_sitter_typescript", "language_tsx")),
    "css": ("tree_sitter_css", "language"),
    **dict.fromkeys(("html", "htm", "vue", "svelte"), ("tree_sitter_html", "language")),
    "py": ("tree_sitter_python", "language"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
}
_ELEMENT: Final = """
(jsx_element
  open_tag: (jsx_opening_element name: (_) @begun)
  close_tag: (jsx_closing_element name: (_) @ended))
"""
_LONGEST: Final = 1_000_000  # characters: a longer file takes seconds


def parses(path: str, text: str) -> bool | None:
    """Whether `text` has no error of syntax; None where no parser of ours reads such a file, or so long a one."""
    if len(text) > _LONGEST:
        return None
    extension = path.rpartition(".")[2].lower()
    if extension == "json":
        return _reads(json.loads, text)
    if extension == "py":
        return _reads(ast.parse, text)
    if extension in ("vue", "svelte"):
        return None  # their templates are not quite HTML
    tree = syntax_tree(path, text)
    return None if tree is None else not tree.root_node.has_error and _tags_match(tree)


def compiles(text: str) -> bool:
    """Whether `text` is a module of Python, what only its compiler sees included: a `return` outside of a function."""
    return _reads(lambda source: compile(source, "", "exec", dont_inherit=True), text)


def _tags_match(tree: Tree) -> bool:
    """Whether each element ends under the name it began with: the grammar of JSX takes any."""
    if tree.language.id_for_node_kind("jsx_element", True) is None:
        return True
    from tree_sitter import QueryCursor

    for _, names in QueryCursor(_elements(tree.language)).matches(tree.root_node):
        if names["begun"][0].text != names["ended"][0].text:
            return False
    return True


def syntax_tree(path: str, text: str) -> Tree | None:
    """The tree of a source file, a style sheet or a page, in bytes of UTF-8; None for any other file."""
    grammar = _GRAMMARS.get(path.rpartition(".")[2].lower())
    if grammar is None:
        return None
    # A few megabytes of machine code that a start does not need.
    from tree_sitter import Parser

    return Parser(_language(*grammar)).parse(text.encode("utf-8", "replace"))


@cache
def _elements(language: Language) -> Query:
    from tree_sitter import Query

    return Query(language, _ELEMENT)


@cache
def _language(module: str, function: str) -> Language:
    from tree_sitter import Language

    return Language(getattr(importlib.import_module(module), function)())


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return True
