"""A script as its imports, its exports and the names in it, by a parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import syntax_tree
from builder.generation.mends.reading.queries import DECLARED, NAMES, NOT_NAMES, REQUIRED, TAGS

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query, Tree

SCRIPTS: Final = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
COMPONENTS: Final = (".vue", ".svelte")
_LONGEST: Final = 300_000  # characters
_TAG_NAMES: Final = "[(start_tag (tag_name) @name) (self_closing_tag (tag_name) @name)]"


@dataclass(frozen=True, slots=True)
class NamedImport:
    """`name as local`; `type` in front where it is one."""

    name: str
    local: str
    is_type: bool
    node: Node


@dataclass(frozen=True, slots=True)
class ScriptImport:
    """One import. `kind`: `import`, `export` (… from), `call` (of `import()`), `require`. `source` is the text with its
    quotes, `statement` the whole of it."""

    kind: str
    specifier: str
    source: Node
    statement: Node
    default: Node | None = None
    namespace: Node | None = None
    named: tuple[NamedImport, ...] = ()
    is_type: bool = False

    @property
    def bare(self) -> bool:
        """Whether it takes no name: for the effects of loading it, or because that cannot be told."""
        return not (self.default or self.namespace or self.named)


@dataclass(slots=True)
class Exports:
    """What a script gives. `stars` are the modules all of whose names it passes on; `open`: it may give more."""

    values: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    default: bool = False
    default_name: str = ""
    stars: list[str] = field(default_factory=list)
    open: bool = False


class Script:
    """The script at `path`. `elements`: the components that the template beside it shows. Places are in bytes of the whole file, also where it is a block of a component."""

    def __init__(self, path: str, tree: Tree, elements: frozenset[str] = frozenset()) -> None:
        self.path = path
        self.elements = elements
        self.tree = tree
        self.root = tree.root_node
        self.broken = self.root.has_error

    @cached_property
    def imports(self) -> tuple[ScriptImport, ...]:
        found = list(self._statements())
        captured = captures(self, REQUIRED)
        for kind in ("call", "require"):
            found += [
                ScriptImport(kind, unquoted(source), source, source)
                for source in captured.get(kind, ())
                if source.named_child_count == 1
            ]
        return tuple(found)

    @cached_property
    def exports(self) -> Exports:
        found = Exports()
        for statement in self.root.named_children:
            if statement.type == "export_statement":
                self._export(statement, found)
        if self.path.endswith(COMPONENTS) or self.commonjs:
            found.default = found.open = True
        return found

    @cached_property
    def is_module(self) -> bool:
        """Whether it has an import or an export of its own."""
        return any(node.type in ("import_statement", "export_statement") for node in self.root.named_children)

    @cached_property
    def commonjs(self) -> bool:
        """Whether it gives its names as Node's older modules do."""
        return bool(captures(self, REQUIRED).get("commonjs"))

    @cached_property
    def declared(self) -> frozenset[str]:
        """Every name that is declared anywhere in it."""
        return frozenset(text_of(node) for node in captures(self, DECLARED).get("name", ()))

    @cached_property
    def tags(self) -> tuple[Node, ...]:
        """The plain names of JSX elements, where they begin and where they end."""
        jsx = self.tree.language.id_for_node_kind("jsx_element", True) is not None
        return tuple(captures(self, TAGS).get("tag", ())) if jsx else ()

    @cached_property
    def references(self) -> dict[str, list[Node]]:
        """The names of values that stand for something, by name."""
        return self._references("value")

    @cached_property
    def type_references(self) -> dict[str, list[Node]]:
        """The same for types."""
        return self._references("type")

    @cached_property
    def top_level(self) -> dict[str, Node]:
        """What it declares for itself at the top: name → statement."""
        found: dict[str, Node] = {}
        for statement in self.root.named_children:
            for name in declared_by(statement):
                found[name] = statement
        return found

    def _references(self, which: str) -> dict[str, list[Node]]:
        captured = captures(self, NAMES)
        others = {node.start_byte for node in captures(self, DECLARED).get("name", ())}
        others |= {node.start_byte for node in captures(self, NOT_NAMES).get("name", ())}
        tags = {node.start_byte for node in self.tags if text_of(node)[:1].islower()}
        found: dict[str, list[Node]] = {}
        for node in captured.get(which, ()):
            if node.start_byte not in others and node.start_byte not in tags:
                found.setdefault(text_of(node), []).append(node)
        return found

    def _statements(self) -> Iterator[ScriptImport]:
        for statement in self.root.named_children:
            source = statement.child_by_field_name("source")
            if source is None or statement.type not in ("import_statement", "export_statement"):
                continue
            is_type = any(child.type == "type" for child in statement.children)
            kind = "import" if statement.type == "import_statement" else "export"
            default = namespace = None
            named: list[NamedImport] = []
            for clause in statement.named_children:
                parts = clause.named_children if clause.type == "import_clause" else [clause]
                for part in parts:
                    if part.type == "identifier" and clause.type == "import_clause":
                        default = part
                    elif part.type == "namespace_import":
                        namespace = part.named_children[0]
                    elif part.type in ("named_imports", "export_clause"):
                        named += [one for node in part.named_children if (one := _named(node, is_type)) is not None]
            yield ScriptImport(kind, unquoted(source), source, statement, default, namespace, tuple(named), is_type)

    def _export(self, statement: Node, found: Exports) -> None:
        kinds = {child.type for child in statement.children}
        is_type = "type" in kinds
        declaration = statement.child_by_field_name("declaration")
        if "default" in kinds:
            found.default = True
            value = declaration or statement.child_by_field_name("value")
            if value is not None:
                named = value if value.type == "identifier" else value.child_by_field_name("name")
                found.default_name = text_of(named) if named is not None else ""
        elif "=" in kinds:
            found.default = found.open = True
        elif declaration is not None:
            into = found.types if is_type_declaration(declaration) else found.values
            into.update(declared_by(declaration))
        for clause in statement.named_children:
            if clause.type == "namespace_export":
                found.values.update(text_of(name) for name in clause.named_children)
            for one in clause.named_children if clause.type == "export_clause" else ():
                if (specifier := _named(one, is_type)) is None:
                    continue
                if specifier.local == "default":
                    found.default = True
                    found.default_name = specifier.name
                else:
                    own = self.top_level.get(specifier.name)
                    typed = specifier.is_type or (own is not None and is_type_declaration(own))
                    (found.types if typed else found.values).add(specifier.local)
        if "*" in kinds:
            source = statement.child_by_field_name("source")
            if source is not None:
                found.stars.append(unquoted(source))


def read_script(path: str, text: str) -> Script | None:
    """The script at `path`, in a component too; None where there is none, or one that is too long."""
    if len(text) > _LONGEST:
        return None
    if path.endswith(SCRIPTS):
        tree = syntax_tree(path, text)
        return Script(path, tree) if tree else None
    if path.endswith(COMPONENTS):
        block, typed, elements = _blocks(text)
        tree = syntax_tree("a.ts" if typed else "a.tsx", block)
        return Script(path, tree, elements) if tree else None
    return None


def _blocks(text: str) -> tuple[str, bool, frozenset[str]]:
    """The scripts of a component at their places and everything else blank, whether they are TypeScript, and the
    components that its template shows."""
    page = syntax_tree("a.html", text)
    raw = text.encode()
    blank = bytearray(10 if byte == 10 else 32 for byte in raw)
    if page is None:
        return blank.decode(), False, frozenset()
    typed = False
    for element in page.root_node.named_children:
        for part in element.named_children if element.type == "script_element" else ():
            if part.type == "raw_text":
                blank[part.start_byte : part.end_byte] = raw[part.start_byte : part.end_byte]
            elif part.type == "start_tag":
                typed = typed or b'lang="ts"' in (part.text or b"") or b"lang='ts'" in (part.text or b"")
    tags = _captures(page, _TAG_NAMES).get("name", ())
    return (
        blank.decode("utf-8", "replace"),
        typed,
        frozenset(name for tag in tags if (name := text_of(tag))[:1].isupper()),
    )


def text_of(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def is_type_declaration(node: Node) -> bool:
    """Whether a declaration, or the statement that exports it, is of a type alone."""
    inner = node.child_by_field_name("declaration") if node.type == "export_statement" else node
    return inner is not None and inner.type in ("interface_declaration", "type_alias_declaration")


def declared_by(statement: Node) -> list[str]:
    """The names that a statement declares, an exported one too."""
    if statement.type in ("export_statement", "ambient_declaration"):
        inner = statement.child_by_field_name("declaration")
        inner = inner or next((one for one in statement.named_children if one.type.endswith("declaration")), None)
        return declared_by(inner) if inner is not None else []
    if statement.type in ("lexical_declaration", "variable_declaration"):
        names: list[str] = []
        for declarator in statement.named_children:
            name = declarator.child_by_field_name("name")
            if name is not None:
                names += [text_of(name)] if name.type == "identifier" else list(_pattern_names(name))
        return names
    if statement.type.endswith(("_declaration", "_signature")) or statement.type in ("internal_module", "module"):
        name = statement.child_by_field_name("name")
        return [text_of(name)] if name is not None else []
    if statement.type == "expression_statement" and statement.named_child_count:
        return declared_by(statement.named_children[0]) if statement.named_children[0].type == "internal_module" else []
    return []


def _pattern_names(pattern: Node) -> Iterator[str]:
    for node in pattern.named_children:
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield text_of(node)
        elif node.type == "pair_pattern":
            value = node.child_by_field_name("value")
            if value is not None:
                yield from [text_of(value)] if value.type == "identifier" else _pattern_names(value)
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            left = node.child_by_field_name("left")
            if left is not None:
                yield from [text_of(left)] if not left.named_child_count else _pattern_names(left)
        elif node.type.endswith("_pattern"):
            yield from _pattern_names(node)


def _named(specifier: Node, is_type: bool) -> NamedImport | None:
    name = specifier.child_by_field_name("name")
    if name is None:
        return None
    local = specifier.child_by_field_name("alias") or name
    own = any(child.type == "type" for child in specifier.children)
    return NamedImport(unquoted(name), unquoted(local), is_type or own, specifier)


def unquoted(node: Node) -> str:
    """The text of a string without its quotes; of another node its text."""
    text = text_of(node)
    return text[1:-1] if text[:1] in ("'", '"', "`") and len(text) > 1 else text


def captures(script: Script, text: str) -> dict[str, list[Node]]:
    """What the query `text` finds, by the names that it gives."""
    return _captures(script.tree, text)


def _captures(tree: Tree, text: str) -> dict[str, list[Node]]:
    from tree_sitter import QueryCursor

    return QueryCursor(_query(tree.language, text)).captures(tree.root_node)


@cache
def _query(language: Language, text: str) -> Query:
    from tree_sitter import Query

    return Query(language, text)
