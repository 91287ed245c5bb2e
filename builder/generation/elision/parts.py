"""The parts that a file is made of, by name: functions and what they do, rules of a style sheet, sections of a page, entries
of a document. By parsers where there is one."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from builder.generation.edits.syntax import syntax_tree

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST: Final = 300_000  # characters
_NAMED: Final = frozenset({
    "function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration",
    "method_definition", "interface_declaration", "type_alias_declaration", "enum_declaration", "method_declaration",
    "type_spec", "constructor_declaration",
})  # fmt: skip
_FUNCTIONS: Final = ("arrow_function", "function_expression", "function")
_SECTIONS: Final = frozenset({
    "article", "aside", "dialog", "fieldset", "footer", "form", "header", "main", "nav", "ol", "script", "section", "style", "svg",
    "table", "template", "ul",
})  # fmt: skip
_EMPTY: Final = re.compile(
    r"(?:return|\(|\{|\}|\)|;|null|undefined|none|nil|void 0|false|\[\]|\{\}|\"\"|''|pass|\.\.\.|…|<></>|\s){0,12}"
    r"|(?:throw new error|throw|raise|panic|todo!|unimplemented!)?\W{0,3}(?:notimplemented\w*\W{0,3}[^\n]{0,60}|[\"'(]*(?:not (?:yet )?implemented|todo|unimplemented)\b[^\n]{0,60})\W{0,4}",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]{2,60}")
_YAML_KEY: Final = re.compile(r"^(?P<indent> {0,20})(?:- )?(?P<key>[\w./$-]{1,60}):(?=\s|$)")
_STATEMENT: Final = re.compile(
    r"^(?:create|insert|alter|grant)\s{1,9}(?:[a-z]+\s{1,9}){1,5}[\w.\"`]{1,60}", re.IGNORECASE | re.MULTILINE
)
_HEADING: Final = re.compile(r"^(#{1,6})\s+(.{1,120})$")


@dataclass(frozen=True, slots=True)
class PartOfFile:
    """`text` of the part; `does`: what stands in its body where it is one that does something, None where it is none."""

    name: str
    text: str
    does: str | None = None

    @property
    def lines(self) -> list[str]:
        """Its lines, without margins, commas at their ends and those of a sign."""
        return [line for line in (one.strip().rstrip(",") for one in self.text.split("\n")) if len(line) > 1]

    def used_in(self, text: str) -> bool:
        """Whether `text`, in which it is not, still calls or shows it, and takes it from nowhere else."""
        if not _NAME.fullmatch(self.name):
            return False
        name = re.escape(self.name)
        used = re.search(
            rf"(?<![\w.$\"'`#-]){name}\(|<{name}[\s/>]|=[ ]?\{{?{name}[,)\s}}]|export \{{[^}}]{{0,400}}\b{name}\b"
            rf"|[@:][\w.:-]{{1,40}}=\"[^\"\n]{{0,200}}\b{name}\b|\{{\{{[^}}\n]{{0,200}}\b{name}\b",
            text,
        )
        given = re.search(
            rf"(?:import|from|const|let|var|function|class|def|type|interface|enum|func|as)\b[^\n=;]{{0,200}}(?<![\w$]){name}(?![\w$])"
            rf"|^[ \t]*(?:export )?{name}[ ]?(?::|=(?!=))|^[ \t]+{name},?$|[(,] ?{name}[,)][^\n]{{0,80}}=>",
            text, re.MULTILINE,
        )  # fmt: skip
        return used is not None and given is None

    @property
    def idle(self) -> bool:
        """Whether it does nothing, or says that it is not written."""
        return self.does is not None and _EMPTY.fullmatch(self.does.strip()) is not None


def parts(path: str, text: str) -> dict[str, PartOfFile]:
    """The parts of the file by name, the first of each; empty for what cannot be read. Linear in the length."""
    if len(text) > _LONGEST:
        return {}
    ending = path.rpartition(".")[2].lower()
    found: dict[str, PartOfFile] = {}
    for part in _parts(path, ending, text):
        found.setdefault(part.name, part)
    return found


def _parts(path: str, ending: str, text: str) -> Iterator[PartOfFile]:
    if ending == "py":
        yield from _of_python(text)
    elif ending == "json":
        yield from _of_json(text)
    elif ending in ("yaml", "yml"):
        yield from _of_yaml(text)
    elif ending == "sql":
        yield from _of_statements(text)
    elif ending in ("md", "mdx", "markdown"):
        yield from _of_prose(text)
    elif tree := syntax_tree(path, text):
        source = text.encode("utf-8", "replace")
        yield from _of_tree(tree.root_node, source, vue=ending in ("vue", "svelte"))


def _of_python(text: str) -> Iterator[PartOfFile]:
    try:
        module = ast.parse(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return
    lines = text.split("\n")

    def source(begin: int, end: int | None) -> str:
        return "\n".join(lines[begin - 1 : end])

    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            does = None
            if not isinstance(node, ast.ClassDef):
                does = "\n".join(_without_remarks(source(one.lineno, one.end_lineno)) for one in body)
            begin = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield PartOfFile(node.name, source(begin, node.end_lineno), does)
    for one in module.body:
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.end_lineno and one.end_lineno - one.lineno > 1:
            target = one.target if isinstance(one, ast.AnnAssign) else one.targets[0]
            if isinstance(target, ast.Name):
                yield PartOfFile(target.id, source(one.lineno, one.end_lineno))


def _without_remarks(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))


def _of_tree(root: Node, source: bytes, *, vue: bool) -> Iterator[PartOfFile]:
    def said(node: Node | None) -> str:
        return source[node.start_byte : node.end_byte].decode("utf-8", "replace") if node else ""

    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting.extend(reversed(node.named_children))
        kind = node.type
        if kind in _NAMED:
            name = said(node.child_by_field_name("name"))
            body = node.child_by_field_name("body")
            acts = body if kind.startswith(("function", "generator", "method", "constructor")) else None
            if name:
                yield PartOfFile(name, said(node), _acts(acts, source) if acts else None)
        elif kind == "variable_declarator":
            name, value = said(node.child_by_field_name("name")), node.child_by_field_name("value")
            if value is not None and value.type in _FUNCTIONS:
                body = value.child_by_field_name("body")
                yield PartOfFile(name, said(node), _acts(body, source) if body else None)
            elif value is not None and value.end_point[0] - value.start_point[0] > 1:
                yield PartOfFile(name, said(node))
        elif kind == "rule_set":
            yield PartOfFile(
                " ".join(said(node.children[0]).split()), said(node), _acts(node.named_children[-1], source)
            )
        elif kind in ("media_statement", "keyframes_statement", "supports_statement", "at_rule"):
            yield PartOfFile(" ".join(said(node).partition("{")[0].split()), said(node))
        elif kind == "call_expression" and (found := _called(node)) is not None:
            yield PartOfFile(" ".join(said(one)[:60] for one in found[0]), said(node), _acts(found[1], source))
        elif kind in ("element", "script_element", "style_element"):
            if name := _named_element(node, said, top=node.parent is root and vue):
                yield PartOfFile(name, said(node))
            if kind == "script_element" and vue:
                yield from _of_script(node, said)


def _called(node: Node) -> tuple[list[Node], Node] | None:
    """What a call is known by that is given something to do, and the body of that: `app.post("/x", …)`, `useEffect(…, [x])`."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    acts = next((one for one in given if one.type in _FUNCTIONS), None)
    body = acts.child_by_field_name("body") if acts is not None else None
    others = [one for one in given if one.type in ("string", "array")]
    if function is None or body is None or body.type != "statement_block" or not others:
        return None
    return [function, *others[:2]], body


def _of_script(node: Node, said: Any) -> Iterator[PartOfFile]:
    """What is defined in the script of a component."""
    for child in node.named_children:
        if child.type == "raw_text" and (tree := syntax_tree("a.tsx", said(child))):
            yield from _of_tree(tree.root_node, said(child).encode("utf-8", "replace"), vue=False)


def _named_element(node: Node, said: Any, *, top: bool) -> str:
    begin = node.children[0] if node.children else None
    words = re.findall(r"[\w-]+", said(begin)[:200]) if begin else []
    tag = words[0].lower() if words else ""
    told = re.search(r"\b(?:id|class)=[\"']([^\"']{1,60})", said(begin)[:400]) if begin else None
    if tag in _SECTIONS or top or (told and "id=" in told[0]):
        return f"<{tag}{' ' + told[1] if told else ''}>"
    return ""


def _acts(body: Node, source: bytes) -> str:
    """What stands in a body, without its remarks."""
    if body.type not in ("statement_block", "block", "constructor_body", "keyframe_block_list"):
        return source[body.start_byte : body.end_byte].decode("utf-8", "replace")
    kept = (one for one in body.named_children if one.type not in ("comment", "line_comment", "block_comment"))
    return "\n".join(source[one.start_byte : one.end_byte].decode("utf-8", "replace") for one in kept)


def _of_json(text: str) -> Iterator[PartOfFile]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    while waiting:
        name, one, depth = waiting.pop()
        if isinstance(one, dict) and depth < 4:
            for key, inner in one.items():
                yield PartOfFile(f"{name}.{key}".lstrip("."), json.dumps({key: inner}, indent=1, ensure_ascii=False))
                waiting.append((f"{name}.{key}", inner, depth + 1))


def _of_yaml(text: str) -> Iterator[PartOfFile]:
    above: list[tuple[int, str, list[str]]] = []
    done: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        key = _YAML_KEY.match(line)
        if key:
            indent = len(key["indent"])
            while above and above[-1][0] >= indent:
                done.append(above.pop()[1:])
            name = f"{above[-1][1]}.{key['key']}" if above else key["key"]
            above.append((indent, name, []))
        for _, _, lines in above[-6:]:
            lines.append(line)
    for name, lines in (*done, *(one[1:] for one in above)):
        yield PartOfFile(name, "\n".join(lines))


def _of_statements(text: str) -> Iterator[PartOfFile]:
    for statement in text.split(";\n"):
        if found := _STATEMENT.search(statement):
            yield PartOfFile(" ".join(found[0].split()).lower(), statement.strip())


def _of_prose(text: str) -> Iterator[PartOfFile]:
    name, lines = "", list[str]()
    for line in [*text.split("\n"), "# "]:
        heading = _HEADING.match(line)
        if heading or line == "# ":
            if name:
                yield PartOfFile(name, "\n".join(lines))
            name, lines = heading[2].strip() if heading else "", []
        lines.append(line)
