"""JSX of React: attributes with the names of HTML, and elements of lists without a key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from builder.generation.mends.reading.script import Script, captures, text_of, unquoted
from builder.generation.mends.scripts.writing import added
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

# By the name that HTML has.
_ATTRIBUTES: Final = {
    "class": "className",
    "for": "htmlFor",
    "tabindex": "tabIndex",
    "readonly": "readOnly",
    "maxlength": "maxLength",
    "autofocus": "autoFocus",
    "autocomplete": "autoComplete",
    "colspan": "colSpan",
    "rowspan": "rowSpan",
    "stroke-width": "strokeWidth",
    "stroke-linecap": "strokeLinecap",
    "stroke-linejoin": "strokeLinejoin",
    "fill-rule": "fillRule",
    "clip-rule": "clipRule",
    "stroke-dasharray": "strokeDasharray",
    "stroke-dashoffset": "strokeDashoffset",
    "stroke-miterlimit": "strokeMiterlimit",
    "stroke-opacity": "strokeOpacity",
    "fill-opacity": "fillOpacity",
    "clip-path": "clipPath",
    "stop-color": "stopColor",
    "stop-opacity": "stopOpacity",
    "text-anchor": "textAnchor",
    "dominant-baseline": "dominantBaseline",
    "font-family": "fontFamily",
    "font-size": "fontSize",
    "font-weight": "fontWeight",
    "srcset": "srcSet",
    "crossorigin": "crossOrigin",
    "novalidate": "noValidate",
    "enctype": "encType",
    "contenteditable": "contentEditable",
    "spellcheck": "spellCheck",
    "autoplay": "autoPlay",
    "playsinline": "playsInline",
    "inputmode": "inputMode",
    "minlength": "minLength",
    "datetime": "dateTime",
    "ondblclick": "onDoubleClick",
    **{
        f"on{event.lower()}": f"on{event}"
        for event in (
            "Click",
            "Change",
            "Input",
            "Submit",
            "KeyDown",
            "KeyUp",
            "KeyPress",
            "Focus",
            "Blur",
            "MouseDown",
            "MouseUp",
            "MouseMove",
            "MouseEnter",
            "MouseLeave",
            "MouseOver",
            "MouseOut",
            "PointerDown",
            "PointerUp",
            "PointerMove",
            "TouchStart",
            "TouchMove",
            "TouchEnd",
            "Scroll",
            "Wheel",
            "Drag",
            "DragStart",
            "DragEnd",
            "DragOver",
            "DragEnter",
            "DragLeave",
            "Drop",
            "Paste",
            "Copy",
            "Cut",
            "Load",
            "Error",
            "ContextMenu",
            "Select",
            "Reset",
        )
    },
}
_OTHERS: Final = ("preact", "solid-js", "@builder.io/qwik", "hono", "@kitajs/html", "astro", "vue", "svelte", "million")
_ELEMENTS: Final = """
(jsx_opening_element) @element
(jsx_self_closing_element) @element
"""
_MAPS: Final = """
(jsx_expression (call_expression
  function: (member_expression property: (property_identifier) @_map)
  arguments: (arguments . [(arrow_function) (function_expression)] @callback .)) @call
  (#eq? @_map "map"))
(jsx_expression (binary_expression right: (call_expression
  function: (member_expression property: (property_identifier) @_map)
  arguments: (arguments . [(arrow_function) (function_expression)] @callback .)) @call)
  (#eq? @_map "map"))
(jsx_expression (ternary_expression [consequence: (call_expression
  function: (member_expression property: (property_identifier) @_map)
  arguments: (arguments . [(arrow_function) (function_expression)] @callback .)) @call
  alternative: (call_expression
  function: (member_expression property: (property_identifier) @_map)
  arguments: (arguments . [(arrow_function) (function_expression)] @callback .)) @call])
  (#eq? @_map "map"))
(jsx_expression (ternary_expression [consequence: (parenthesized_expression (call_expression
  function: (member_expression property: (property_identifier) @_map)
  arguments: (arguments . [(arrow_function) (function_expression)] @callback .)) @call)
  alternative: (parenthesized_expression (call_expression
  function: (member_expression property: (property_identifier) @_map)
  arguments: (arguments . [(arrow_function) (function_expression)] @callback .)) @call)])
  (#eq? @_map "map"))
"""


def mend_attributes(work: Workpiece) -> None:
    """`class` of an HTML element becomes `className`, and its like."""
    for script in work.scripts():
        if not is_react(work, script):
            continue
        splices: list[Splice] = []
        names: set[str] = set()
        for element in captures(script, _ELEMENTS).get("element", ()):
            for name, node in _renamed(element):
                splices.append(Splice(node.start_byte, node.end_byte, _ATTRIBUTES[name]))
                names.add(name)
        if splices:
            listed = sorted(names)
            work.mend(
                "attribute",
                script.path,
                splices,
                name=", ".join(listed),
                found=", ".join(_ATTRIBUTES[name] for name in listed),
            )


def mend_keys(work: Workpiece) -> None:
    """An element that `.map` makes without a key gets the one that React uses where it has none, or the entry's id."""
    for path in [script.path for script in work.scripts()]:
        script = work.script(path)
        if script is None or script.broken or not is_react(work, script):
            continue
        splices: list[Splice] = []
        fragment = False
        for callback in captures(script, _MAPS).get("callback", ()):
            if _is_children(callback):
                continue
            made, short = _keyed(callback)
            fragment = fragment or short
            splices += made
        if not splices:
            continue
        if fragment and "Fragment" not in script.declared:
            splices += added(script, "react", named="Fragment")
        work.mend("key", path, splices)


def is_react(work: Workpiece, script: Script) -> bool:
    """Whether its elements are React's. Other libraries write JSX with the names of HTML."""
    if script.tree.language.id_for_node_kind("jsx_element", True) is None:
        return False
    asked = work.dependencies(script.path)
    if "react" not in asked or any(one.specifier.partition("/")[0] in _OTHERS for one in script.imports):
        return False
    if any(node.type == "comment" and "@jsx" in text_of(node) for node in script.root.named_children):
        return False
    for scope in {work.scope_of(script.path), ""}:
        for name in ("tsconfig.json", "tsconfig.app.json", "jsconfig.json"):
            options = work.json(scope + name).get("compilerOptions")
            if isinstance(options, dict) and str(options.get("jsxImportSource", "react")) not in (
                "react",
                "@emotion/react",
            ):
                return False
    return not any(name in asked for name in ("preact", "solid-js", "@builder.io/qwik"))


def is_html(element: Node) -> bool:
    """Whether an opening tag is that of an HTML element, moved by a library or not."""
    tag = element.child_by_field_name("name")
    if tag is None or not text_of(tag)[:1].islower() or "-" in text_of(tag):
        return False
    # A part of something: what it takes is its own affair.
    return tag.type == "identifier" or text_of(tag).partition(".")[0] in ("motion", "m", "animated")


def _renamed(element: Node) -> Iterator[tuple[str, Node]]:
    """The attributes of an HTML element that have another name in React."""
    if not is_html(element):
        return
    attributes = {unquoted(one.named_children[0]): one for one in element.named_children if one.type == "jsx_attribute"}
    for name, attribute in attributes.items():
        if name in _ATTRIBUTES and _ATTRIBUTES[name] not in attributes and _may_be_renamed(name, attribute):
            yield name, attribute.named_children[0]


def _may_be_renamed(name: str, attribute: Node) -> bool:
    """What is to happen is a function in React: a text with code in it stays wrong under any name."""
    return not name.startswith("on") or attribute.named_children[-1].type == "jsx_expression"


def _is_children(callback: Node) -> bool:
    """Whether it is `Children.map`, which gives keys by itself."""
    call = callback.parent.parent if callback.parent is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    owner = function.child_by_field_name("object") if function is not None else None
    return owner is not None and text_of(owner).split(".")[-1] == "Children"


def _keyed(callback: Node) -> tuple[list[Splice], bool]:
    """The splices that give a key to each element that a callback of `.map` returns; whether one is a short fragment."""
    body = callback.child_by_field_name("body")
    roots = list(_returned(body)) if body is not None else []
    bare = [element for element in roots if _lacks_key(element)]
    if not bare:
        return [], False
    entry, number, splices = _parameters(callback)
    key = f"{entry}.id" if entry and _uses_id(callback, entry) else number
    if not key:
        return [], False
    if key != number:
        splices = []
    short = False
    for element in bare:
        opening = element if element.type == "jsx_self_closing_element" else element.child_by_field_name("open_tag")
        assert opening is not None
        name = opening.child_by_field_name("name")
        if name is None:  # <>…</>: only a written-out one takes a key
            closing = element.child_by_field_name("close_tag")
            assert closing is not None
            splices += [
                Splice(opening.start_byte, opening.end_byte, f"<Fragment key={{{key}}}>"),
                Splice(closing.start_byte, closing.end_byte, "</Fragment>"),
            ]
            short = True
        else:
            after = opening.child_by_field_name("type_arguments") or name
            splices.append(Splice(after.end_byte, after.end_byte, f" key={{{key}}}"))
    return splices, short


def _returned(node: Node) -> Iterator[Node]:
    """The elements that an expression, or a function's body, comes to."""
    if node.type in ("jsx_element", "jsx_self_closing_element"):
        yield node
    elif node.type == "parenthesized_expression":
        for one in node.named_children:
            yield from _returned(one)
    elif node.type == "ternary_expression":
        for field in ("consequence", "alternative"):
            branch = node.child_by_field_name(field)
            if branch is not None:
                yield from _returned(branch)
    elif node.type == "binary_expression":
        operator, right = node.child_by_field_name("operator"), node.child_by_field_name("right")
        if operator is not None and text_of(operator) in ("&&", "||", "??") and right is not None:
            yield from _returned(right)
    elif node.type == "statement_block":
        yield from _returns(node)


def _returns(block: Node) -> Iterator[Node]:
    for one in block.named_children:
        if one.type == "return_statement":
            for value in one.named_children:
                yield from _returned(value)
        elif one.type in (
            "if_statement",
            "else_clause",
            "statement_block",
            "switch_statement",
            "switch_body",
            "switch_case",
            "switch_default",
        ):
            yield from _returns(one)


def _lacks_key(element: Node) -> bool:
    opening = element if element.type == "jsx_self_closing_element" else element.child_by_field_name("open_tag")
    for one in opening.named_children if opening is not None else ():
        if one.type == "jsx_expression" or (one.type == "jsx_attribute" and text_of(one.named_children[0]) == "key"):
            return False  # what is spread into it may hold one
    return opening is not None


def _parameters(callback: Node) -> tuple[str, str, list[Splice]]:
    """(the entry's name, the number's name, the splices that add it); "" where there is no plain name for it."""
    number = next((name for name in ("index", "position", "place") if not _mentions(callback, name)), "")
    single = callback.child_by_field_name("parameter")
    if single is not None:
        name = text_of(single)
        return name, number, [Splice(single.start_byte, single.end_byte, f"({name}, {number})")]
    listed = callback.child_by_field_name("parameters")
    parameters = [one for one in listed.named_children if one.type != "comment"] if listed is not None else []
    patterns = [one.child_by_field_name("pattern") for one in parameters]
    if not patterns or patterns[0] is None:
        return "", "", []
    entry = text_of(patterns[0]) if patterns[0].type == "identifier" else ""
    if len(patterns) > 1:
        second = patterns[1]
        return entry, text_of(second) if second is not None and second.type == "identifier" else "", []
    end = parameters[0].end_byte
    return entry, number, [Splice(end, end, f", {number}")]


def _mentions(node: Node, name: str) -> bool:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type in ("identifier", "shorthand_property_identifier") and text_of(one) == name:
            return True
        waiting += one.named_children
    return False


def _uses_id(callback: Node, entry: str) -> bool:
    waiting = [callback]
    while waiting:
        one = waiting.pop()
        if one.type == "member_expression" and text_of(one) == f"{entry}.id":
            return True
        waiting += one.named_children
    return False
