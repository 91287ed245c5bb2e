"""Things that somebody makes in the app: how they are made, found again, and who else gets at them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from builder.safety.probing.asking.accounts import inputs
from builder.safety.probing.asking.inquiry import VERBS, Inquiry, new_mark, noun_of, stem
from builder.safety.probing.asking.values import body_of, repaired
from builder.safety.probing.asking.visitor import Answer, Visitor, walked
from builder.safety.probing.routes.route import PARAMETER, AppRoute

_NOT_MADE: Final = re.compile(r"(?i)log-?out|sign-?out|reset|forgot|verify|webhook|search|upload|import|seed|refresh")
_ACTS: Final = frozenset(
    [
        "delete",
        "remove",
        "destroy",
        "cancel",
        "archive",
        "edit",
        "update",
        "save",
        "rename",
        "change",
        "done",
        "complete",
        "close",
        "approve",
        "pay",
        "ship",
        "move",
        "share",
        "toggle",
        "read",
        "publish",
    ]
)
_ID: Final = ("id", "_id", "uuid", "pk", "slug", "code", "key", "number", "token")


@dataclass(slots=True)
class Thing:
    """A thing with its mark; `id` "" where it has none that is known. `answer`: what its maker was told."""

    route: AppRoute
    mark: str
    answer: Answer
    id: str = ""
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def noun(self) -> str:
        return noun_of(self.route)


def makers(asking: Inquiry) -> list[AppRoute]:
    """The routes by which things are made."""
    return [
        route for route in asking.routes
        if route.method == "POST" and not route.parameters and route.path not in asking.way.paths and not _NOT_MADE.search(route.path)
        and not set(route.segments) & {"login", "register", "signup", "admin", "token"} and not id_field(route)
    ]  # fmt: skip


def id_field(route: AppRoute) -> str:
    """The field by which a route that has no parameter is told what it is about: `POST /orders/delete` with an `id`."""
    if route.method == "GET" or route.parameters:
        return ""
    named = [name for name in (*route.fields, *route.query) if name.lower() in ("id", "_id", "uuid")]
    noun = stem(noun_of(route)).replace("-", "")
    own = [name for name in (*route.fields, *route.query) if name.lower().replace("_", "") == f"{noun}id"]
    acts = route.method != "POST" or bool(set(route.segments) & _ACTS)
    return next(iter((*named, *own)), "") if acts else ""


async def make(visitor: Visitor, route: AppRoute, ids: dict[str, Any] | None = None) -> Thing | None:
    """A new thing of `visitor`; None where the route does not make it for them."""
    mark = new_mark()
    fields = dict(route.fields)
    form = route.form
    if not fields or form:
        for place in (
            route.path,
            f"{route.path.rstrip('/')}/new",
            "/" + "/".join(route.path.strip("/").split("/")[:-1]),
        ):
            page = await visitor.ask("GET", place or "/")
            shown = inputs(page.text) if page.html and page.ok else {}
            if shown:
                fields = {**{name: {} for name in shown if "csrf" not in name.lower()}, **fields}
                form = form or not route.fields
                break
    if not fields:
        fields = {"title": {}, "name": {}, "text": {}, "content": {}}
    known = {name: value for name, value in (ids or {}).items() if name.endswith("id")}
    for some in (known, ids or {}) if (ids or {}) != known else (known,):
        body = body_of(fields, mark, ids=some)
        for as_form in (form, not form):
            answer = await visitor.send("POST", route.path, body, form=as_form)
            if answer.status in (400, 422) and not as_form and (better := repaired(fields, answer)) != fields:
                fields = better
                body = body_of(fields, mark, ids=some)
                answer = await visitor.send("POST", route.path, body)
            if answer.done and not _failed(answer):
                return Thing(route, mark, answer, _id_in(answer, mark), body)
            if answer.status in (401, 403):
                return None
    return None


def _failed(answer: Answer) -> bool:
    return isinstance(answer.data, dict) and bool(answer.data.get("error")) and "id" not in answer.data


def _id_in(answer: Answer, mark: str) -> str:
    """The id of the thing with the mark in an answer, "" where none is told."""
    if isinstance(answer.data, dict | list):
        found = id_beside(answer.data, mark) or (_own_id(answer.data) if isinstance(answer.data, dict) else "")
        if found:
            return found
        if isinstance(answer.data, dict):
            for value in answer.data.values():
                if isinstance(value, dict) and (inner := _own_id(value)):
                    return inner
    last = answer.to.split("?")[0].rstrip("/").rpartition("/")[2] if answer.to else ""
    return last if last and (any(c.isdigit() for c in last)) else ""


def _own_id(thing: dict[str, Any]) -> str:
    for name in _ID:
        if isinstance(value := thing.get(name), str | int) and not isinstance(value, bool):
            return str(value)
    return next(
        (
            str(value)
            for key, value in thing.items()
            if key.lower().endswith(("_id", "id"))
            and isinstance(value, str | int)
            and "user" not in key.lower()
            and "owner" not in key.lower()
        ),
        "",
    )


def id_beside(data: Any, mark: str) -> str:
    """The id of the smallest object that holds the mark."""
    for _, value in walked(data):
        if (
            isinstance(value, dict)
            and any(isinstance(one, str) and mark in one for one in value.values())
            and (found := _own_id(value))
        ):
            return found
    return ""


async def learn_id(asking: Inquiry, visitor: Visitor, made: Thing) -> None:
    """Find the id of a thing in what its maker is shown, where the answer to its making did not tell it."""
    if made.id:
        return
    for route in asking.lists:
        answer = await visitor.ask("GET", route.path)
        if made.mark not in answer.text:
            continue
        made.id = (
            id_beside(answer.data, made.mark) if answer.data is not None else _id_in_page(asking, made, answer.text)
        )
        if made.id:
            return


def _id_in_page(asking: Inquiry, made: Thing, text: str) -> str:
    """By the address nearest to the mark that fits a route of the same kind."""
    at, best = text.find(made.mark), ("", 10**9)
    for route in asking.routes:
        if len(route.parameters) == 1 and stem(noun_of(route)) == stem(made.noun):
            shape = PARAMETER.sub(r"([\\w-]+)", re.escape(route.path).replace(r"\{", "{").replace(r"\}", "}"))
            for found in re.finditer(shape + r"(?=[\"'?#/\s>])", text):
                if found[1] not in VERBS and abs(found.start() - at) < best[1]:
                    best = (found[1], abs(found.start() - at))
    return best[0]


def of_thing(asking: Inquiry, made: Thing, *methods: str) -> list[AppRoute]:
    """The routes to one thing of the kind of `made`."""
    noun = stem(made.noun)
    parent = made.route.path.rstrip("/")
    for verb in ("/new", "/create", "/add", "/save"):
        parent = parent.removesuffix(verb)
    return [
        route for route in asking.routes
        if route.method in methods and len(route.parameters) == 1 and (route.path.startswith(f"{parent}/{{") or stem(noun_of(route)) == noun)
    ] + [
        replace(route, path=f"{route.path}?{name}={{{name}}}", origin=route.path)
        for route in asking.routes
        if route.method in methods and not route.parameters and stem(noun_of(route)) == noun
        and (name := next((one for one in route.query if one.lower() in ("id", "_id", "uuid") or one.lower().replace("_", "") == f"{noun}id"), ""))
    ] + [route for route in asking.routes if route.method in methods and id_field(route) in route.fields and stem(noun_of(route)) == noun]  # fmt: skip


def below(asking: Inquiry, path: str, value: str) -> list[AppRoute]:
    """The routes below the thing `value` of those at `path`, as routes of their own; with those to one thing of any kind."""
    start = f"{path.rstrip('/')}/{{"
    bound = [
        route.bound(value)
        for route in asking.routes
        if route.path.startswith(start) and route.path.index("}") < len(route.path) - 1
    ]
    lists = {route.path for route in bound if route.method == "GET"}
    kept = [
        route for route in bound if route.method != "POST" or route.parameters or route.fields or route.path in lists
    ]
    return (
        [*kept, *(route for route in asking.routes if len(route.parameters) == 1 and not route.path.startswith(start))]
        if kept
        else []
    )


async def references(asking: Inquiry, visitor: Visitor) -> dict[str, Any]:
    """Ids of what there is, by the names of fields that may ask for one: `product_id`, `productId`, `product`."""
    found: dict[str, Any] = {}
    for route in asking.lists[:30]:
        answer = await visitor.ask("GET", route.path)
        entries = (
            answer.data
            if isinstance(answer.data, list)
            else next((one for one in answer.data.values() if isinstance(one, list)), [])
            if isinstance(answer.data, dict)
            else []
        )
        if (
            entries
            and isinstance(entries[0], dict)
            and (value := entries[0].get("id", entries[0].get("_id"))) is not None
        ):
            noun = stem(noun_of(route)).replace("-", "_")
            for name in (f"{noun}_id", f"{noun}id", noun):
                found.setdefault(name, value)
    return found
