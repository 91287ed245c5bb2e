"""What HTML writes in its own way and JSX in another: comments, and the text of a style."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import parses, syntax_tree
from builder.generation.mends.reading.script import SCRIPTS, Script, captures, read_script, text_of
from builder.generation.mends.scripts.elements import is_html, is_react
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

_STYLES: Final = """
(jsx_opening_element name: (_) attribute: (jsx_attribute) @attribute) @element
(jsx_self_closing_element name: (_) attribute: (jsx_attribute) @attribute) @element
"""
_HYPHEN: Final = re.compile(r"-([a-z])")
_PUT_IN: Final = re.compile(r"\$\{[^{}`]{1,200}\}")
_PLACE: Final = re.compile(r"9007199(\d)")
_WRITTEN: Final = re.compile(r': "((?:[^"\\]|\\.)*)"')
_BARE: Final = re.compile(r"[A-Za-z]+")


def mend_comments(work: Workpiece) -> None:
    """`<!-- … -->` among elements becomes `{/* … */}`."""
    for path in work.changed:
        text = work.text(path) or ""
        if "<!--" not in text or not path.endswith(SCRIPTS):
            continue
        splices = list(_comments(text.encode()))
        # Which of them stand among elements is told by the tree in which they are written as they should be.
        while splices:
            after, places = _spliced(text.encode(), splices)
            script = read_script(path, after)
            kept = [
                splice
                for splice, place in zip(splices, places, strict=True)
                if script is not None and _is_among_elements(script, place)
            ]
            if len(kept) == len(splices):
                if parses(path, after):
                    work.mend("comment", path, splices)
                break
            splices = kept


def _comments(raw: bytes) -> Iterator[Splice]:
    end = 0
    while (start := raw.find(b"<!--", end)) >= 0 and (end := raw.find(b"-->", start) + 3) > 2:
        inside = raw[start + 4 : end - 3]
        if b"*/" not in inside and b"<!--" not in inside:
            yield Splice(start, end, f"{{/*{inside.decode()}*/}}")


def _spliced(raw: bytes, splices: list[Splice]) -> tuple[str, list[int]]:
    """The text after `splices`, which are in order, and the byte where each begins in it."""
    parts: list[bytes] = []
    places: list[int] = []
    end = length = 0
    for splice in splices:
        parts.append(raw[end : splice.start])
        length += splice.start - end
        places.append(length)
        parts.append(splice.text.encode())
        length += len(parts[-1])
        end = splice.end
    return b"".join([*parts, raw[end:]]).decode(), places


def _is_among_elements(script: Script, place: int) -> bool:
    node = script.root.descendant_for_byte_range(place + 1, place + 3)
    braces = node.parent if node is not None and node.type == "comment" else None
    around = braces.parent if braces is not None and braces.type == "jsx_expression" else None
    return around is not None and around.type in ("jsx_element", "jsx_fragment")


def mend_styles(work: Workpiece) -> None:
    """`style="color: red"` of an HTML element becomes an object, which is what React takes."""
    for script in work.scripts():
        if "style=" not in (work.text(script.path) or "") or not is_react(work, script):
            continue
        attributes = captures(script, _STYLES).get("attribute", ())
        splices = [
            Splice(value.start_byte, value.end_byte, instead)
            for attribute in attributes
            if (value := _style_text(attribute)) is not None and (instead := _as_object(text_of(value)[1:-1]))
        ]
        splices += [
            Splice(value.start_byte, value.end_byte, instead)
            for attribute in attributes
            if (value := _style_template(attribute)) is not None and (instead := _of_template(text_of(value)))
        ]
        if splices:
            work.mend("style", script.path, splices)


def _style_text(attribute: Node) -> Node | None:
    """The text that an HTML element's style is given as."""
    name, value = attribute.named_children[0], attribute.named_children[-1]
    element = attribute.parent
    is_text = value.type == "string" and text_of(name) == "style"
    return value if is_text and element is not None and is_html(element) else None


def _style_template(attribute: Node) -> Node | None:
    """The template that an HTML element's style is given as."""
    name, value = attribute.named_children[0], attribute.named_children[-1]
    element = attribute.parent
    inner = value.named_children[0] if value.type == "jsx_expression" and value.named_child_count == 1 else None
    is_text = inner is not None and inner.type == "template_string" and text_of(name) == "style"
    return value if is_text and element is not None and is_html(element) else None


def _of_template(written: str) -> str:
    """What React takes for a template of declarations; "" where a name or a whole declaration is put in."""
    inner = written.strip("{} \n\t")[1:-1]
    values: list[str] = []
    css = _PUT_IN.sub(lambda found: _place(values, found[0]), inner)
    if "${" in css or "`" in css or len(values) > 9 or "9007199" in inner or not (made := _as_object(css)):
        return ""
    kept = _PLACE.sub(lambda place: values[int(place[1])], made)
    return _WRITTEN.sub(lambda text: f": `{text[1]}`" if "${" in text[1] else text[0], kept) if values else made


def _place(values: list[str], value: str) -> str:
    """A number that stands in the place of `value` while the declarations are read."""
    values.append(value)
    return f"9007199{len(values) - 1}"


def _as_object(css: str) -> str:
    """What React takes for declarations; "" where one is left that it does not take."""
    tree = None if "&" in css or "\\" in css or "!" in css else syntax_tree("a.css", f"a{{{css}}}")
    if tree is None or tree.root_node.has_error or len(tree.root_node.named_children) != 1:
        return ""
    block = tree.root_node.named_children[0].named_children[-1]
    parts: dict[str, str] = {}
    for one in block.named_children:
        name, colon, value = text_of(one).rstrip("; \n").partition(":")
        if one.type != "declaration" or not colon or not value.strip():
            return ""
        parts[_property(name.strip())] = json.dumps(" ".join(value.split()), ensure_ascii=False)
    listed = ", ".join(f"{name}: {value}" for name, value in parts.items())
    return f"{{{{ {listed} }}}}" if listed else ""


def _property(name: str) -> str:
    """`-webkit-mask` is `WebkitMask`, `-ms-flex` is `msFlex`; a name of the author's own is kept as it is."""
    if name.startswith("--"):
        return json.dumps(name)
    camel = _HYPHEN.sub(lambda found: found[1].upper(), name.removeprefix("-") if name.startswith("-ms-") else name)
    return camel if _BARE.fullmatch(camel) else json.dumps(camel)
