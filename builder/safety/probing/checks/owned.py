"""What one account made, asked for, changed and deleted by another, and by nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from builder.safety.probing.asking.accounts import AppAccount
from builder.safety.probing.asking.inquiry import Inquiry, noun_of, stem
from builder.safety.probing.asking.values import PERSONAL_FIELD, body_of
from builder.safety.probing.asking.visitor import Visitor, walked
from builder.safety.probing.checks.nouns import ADMIN, OWNERS, is_opened, is_personal, is_social, is_together
from builder.safety.probing.checks.things import Thing, below, id_field, learn_id, make, makers, of_thing, references
from builder.safety.probing.routes.route import AppRoute

_PEOPLE: Final = frozenset(
    [
        "user",
        "account",
        "member",
        "profile",
        "customer",
        "people",
        "person",
        "patient",
        "employee",
        "student",
        "pupil",
        "client",
        "teacher",
    ]
)
_NUMBER: Final = re.compile(r"(?:#|/|\"_?id\":\s?\"?|value=\"|id=\"\w{0,12}?-?)(\d{1,9}|[0-9a-f-]{36})\b")
_SEARCHES: Final = ("q", "query", "search", "term", "s", "text", "filter", "keyword", "name", "title", "suche", "busca")
_ENDS: Final = ("delete", "remove", "destroy", "cancel", "archive")
_CHANGES: Final = ("edit", "update", "save", "rename", "change")


async def owned(asking: Inquiry) -> None:
    """Each kind of thing that an account can make."""
    a, b = asking.a, asking.b
    if a is None or b is None:
        return
    ids = await references(asking, a.visitor)
    parents: list[tuple[Thing, bool]] = []
    for route in makers(asking):
        made = await make(a.visitor, route, ids)
        if made is None:
            continue
        await learn_id(asking, a.visitor, made)
        if made.id:
            for name in (f"{stem(made.noun)}_id", f"{stem(made.noun)}id"):
                ids.setdefault(name, int(made.id) if made.id.isdigit() else made.id)
        parents.append((made, await _Owned(asking, a, b, made).look()))
    for parent, apart in parents:
        if parent.id:
            await _nested(asking, below(asking, parent.route.path, parent.id), ids, apart)
    await _unmarked(asking, a, b, ids, {stem(parent.noun) for parent, _ in parents})
    await _profiles(asking, a, b)
    await _of_people(asking, a, ids)


async def _nested(asking: Inquiry, routes: list[AppRoute], ids: dict[str, Any], apart: bool) -> None:
    """What lies below a thing of A. `apart`: the thing itself is not shown to others."""
    a, b = asking.a, asking.b
    if not routes or a is None or b is None:
        return
    inner = replace(asking, routes=routes)
    for route in makers(inner):
        for maker in (a, asking.raised):
            made = await make(maker.visitor, route, ids) if maker is not None else None
            if made is not None:
                await learn_id(inner, a.visitor, made)
                await _Owned(inner, a, b, made, within=apart).look()
                break


async def _unmarked(asking: Inquiry, a: AppAccount, b: AppAccount, ids: dict[str, Any], known: set[str]) -> None:
    """Things that hold nothing that somebody wrote, such as what is borrowed: known by what A's own lists show since."""
    lists = [route for route in asking.lists if not set(route.segments) & ADMIN and stem(noun_of(route)) not in known]
    for maker in [route for route in asking.routes if route.method == "POST" and len(route.parameters) == 1]:
        if set(maker.segments) & {*_ENDS, *_CHANGES, *ADMIN} or not lists:
            continue
        before = path_stem(maker.path)
        path = maker.filled(str(ids.get(stem(before), 1)))
        for shown in lists[:6]:
            ways = [
                way for way in asking.routes
                if way.method != "GET" and len(way.parameters) == 1 and path_stem(way.path) == path_stem(f"{shown.path}/{{id}}") and way is not maker
            ]  # fmt: skip
            if ways and stem(path_stem(ways[0].path)) != stem(before):
                for way in ways:
                    await _tried_unmarked(asking, a, b, maker, path, shown, way)


def path_stem(path: str) -> str:
    """The word before the first parameter."""
    return path.split("/{")[0].rstrip("/").rpartition("/")[2]


async def _tried_unmarked(
    asking: Inquiry, a: AppAccount, b: AppAccount, maker: AppRoute, path: str, shown: AppRoute, way: AppRoute
) -> None:
    """Whether B can change what A got at `path`, as A's list `shown` tells."""

    async def listed() -> str:
        answer = await a.visitor.ask("GET", shown.path)
        return answer.text if answer.ok else ""

    first = await listed()
    if not first or first != await listed():
        return
    await a.visitor.send("POST", path, body_of(maker.fields, a.mark), form=maker.form)
    before = await listed()
    fresh = [one for one in _NUMBER.findall(before) if one not in set(_NUMBER.findall(first))]
    if not fresh:
        return
    await b.visitor.send(
        way.method, way.filled(fresh[-1]), body_of(way.fields, b.mark) if way.fields else {}, form=way.form
    )
    if await listed() != before:
        ends = way.method == "DELETE" or bool(set(way.segments) & set(_ENDS))
        asking.holes.add("others_delete" if ends else "others_change", way.says, noun_of(shown))


async def _of_people(asking: Inquiry, a: AppAccount, ids: dict[str, Any]) -> None:
    """What lies below A's own account, and lists that take whose they are to be."""
    for people in {route.path[: route.path.index("{")] for route in asking.routes if route.parameters}:
        if a.id is None or stem(people.strip("/").rpartition("/")[2]) not in _PEOPLE or ADMIN & set(people.split("/")):
            continue
        routes = below(asking, people, str(a.id))
        await _nested(asking, routes, ids, True)
        for route in routes:
            if route.method == "GET" and not route.parameters and not is_social(noun_of(route)):
                await _shows_marks(asking, route, route.path)
    for route in asking.lists:
        for name in route.query:
            if name.lower() in OWNERS and a.id is not None:
                await _shows_marks(asking, route, f"{route.path}?{name}={a.id}")


async def _shows_marks(asking: Inquiry, route: AppRoute, path: str) -> None:
    for who, visitor in (
        ("everybody_reads", asking.nobody),
        ("others_read", asking.b.visitor if asking.b else asking.nobody),
    ):
        if visitor is asking.nobody:
            visitor.forget()
        answer = await visitor.ask("GET", path)
        if answer.ok and any(mark in answer.text for mark in asking.marks):
            asking.holes.add(who, route.says, noun_of(route))
            return


class _Owned:
    def __init__(
        self, asking: Inquiry, a: AppAccount, b: AppAccount, made: Thing, *, within: bool | None = None
    ) -> None:
        """`within`: whether what it lies in is kept from others; None where it lies in nothing."""
        self.within = within
        self.asking, self.a, self.b, self.made = asking, a, b, made
        self.noun = made.noun
        self.own_lists: list[str] = []

    async def look(self) -> bool:
        """Whether the app keeps it from others anywhere."""
        asking, made = self.asking, self.made
        shown, apart = await self._shown()
        kept = apart
        if self.within is not None:
            apart = apart or self.within
            shown = shown if self.within else []
        if apart:
            asking.marks.add(made.mark)
        asking.nobody.forget()
        needs_account = await make(asking.nobody, made.route) is None
        asking.nobody.forget()
        tells = [value for _, value in walked(made.answer.data) if isinstance(value, dict)]
        has_owner = any(key.lower() in OWNERS for thing in tells for key in thing)
        personal = is_personal(self.noun) or any(PERSONAL_FIELD.search(name) for name in made.body)
        if personal or apart:
            for route, who in shown:
                if (is_social(self.noun) or is_together(self.noun)) and not self.within and not self._is_guessed(route):
                    continue
                if not is_opened(route.segments):
                    asking.holes.add("everybody_reads" if who == "nobody" else "others_read", route.says, self.noun)
        if needs_account and made.id:
            others = (personal or apart or has_owner or is_social(self.noun)) and not is_together(self.noun)
            hidden = apart and not any(who == "other" for _, who in shown)
            await self._changes(others or hidden)
        return kept

    def _is_guessed(self, route: AppRoute) -> bool:
        """Whether it is read by counting, below a list that has it for its maker alone: what is posts and recipes elsewhere
        is no public thing here. Behind an id that nobody guesses, it may be handed on as a link."""
        below = [path for path in self.own_lists if route.path.startswith(path.rstrip("/") + "/")]
        return self.made.id.isdigit() and bool(route.parameters) and bool(below)

    async def _shown(self) -> tuple[list[tuple[AppRoute, str]], bool]:
        """The routes that show it to somebody else, and whether the app keeps accounts apart at all: some route shows it to
        its maker and not to the other."""
        asking, made = self.asking, self.made
        shown: list[tuple[AppRoute, str]] = []
        apart = False
        reads = [(route, route.path) for route in asking.lists if not set(route.segments) & ADMIN]
        reads += [(route, route.filled(made.id)) for route in of_thing(asking, made, "GET") if made.id]
        reads += [
            (route, f"{route.path}?{name}={made.mark}")
            for route in asking.lists
            for name in [one for one in route.query if one.lower() in _SEARCHES][:1]
            if not set(route.segments) & ADMIN
        ]
        for route, path in reads:
            mine = await self.a.visitor.ask("GET", path)
            if made.mark not in mine.text:
                continue
            theirs = await self.b.visitor.ask("GET", path)
            asking.nobody.forget()
            anybodys = await asking.nobody.ask("GET", path)
            if made.mark in anybodys.text:
                shown.append((route, "nobody"))
            elif made.mark in theirs.text:
                shown.append((route, "other"))
            else:
                apart = True
                if not route.parameters:
                    self.own_lists.append(route.path)
        return shown, apart

    async def _changes(self, others: bool) -> None:
        asking = self.asking
        ways = of_thing(asking, self.made, "PUT", "PATCH", "POST", "DELETE")
        for route in ways:
            verbs = set(route.segments)
            ends = route.method == "DELETE" or bool(verbs & set(_ENDS))
            for who, visitor in (("everybody", asking.nobody), ("others", self.b.visitor)):
                if who == "others" and not others:
                    continue
                if who == "everybody":
                    asking.nobody.forget()
                if await self._tried(route, visitor, ends):
                    asking.holes.add(
                        {
                            (True, "everybody"): "everybody_deletes",
                            (True, "others"): "others_delete",
                            (False, "everybody"): "everybody_changes",
                            (False, "others"): "others_change",
                        }[ends, who],
                        route.says,
                        self.noun,
                    )
                    break

    async def _tried(self, route: AppRoute, visitor: Visitor, ends: bool) -> bool:
        """Whether `visitor` can do this to a thing of A, and A sees that it was done."""
        asking = self.asking
        victim = await make(self.a.visitor, self.made.route)
        if victim is None:
            return False
        await learn_id(asking, self.a.visitor, victim)
        if not victim.id or not (places := await self._places(victim)):
            return False
        path = route.filled(victim.id)
        fields = route.fields or {name: {} for name in victim.body}
        other = f"{victim.mark}changed"
        body = None if ends and route.method == "DELETE" else {} if ends else body_of(fields, other)
        if (name := id_field(route)) in route.fields and name:
            body = {**(body or {}), name: int(victim.id) if victim.id.isdigit() else victim.id}
        answer = await visitor.send(route.method, path, body, form=route.form)
        if answer.status in (400, 415, 422) and body:
            answer = await visitor.send(route.method, path, body, form=not route.form)
        if not answer.done:
            return False
        after = [await self.a.visitor.ask("GET", place) for place in places]
        if ends:
            return all(victim.mark not in one.text for one in after)
        if any(other in one.text for one in after):
            return True
        # What changes no text, such as a mark that something is done: it was answered as done, and shows another state.
        return (
            not route.fields
            and bool(set(route.segments) - {part.lower() for part in self.made.route.segments})
            and answer.data is not None
            and victim.mark in answer.text
        )

    async def _places(self, victim: Thing) -> list[str]:
        """Where A sees it."""
        candidates = [route.filled(victim.id) for route in of_thing(self.asking, victim, "GET")] + [
            route.path for route in self.asking.lists
        ]
        found = []
        for path in candidates:
            if victim.mark in (await self.a.visitor.ask("GET", path)).text:
                found.append(path)
                if len(found) == 2:
                    break
        return found


async def _profiles(asking: Inquiry, a: AppAccount, b: AppAccount) -> None:
    """What is told of accounts themselves, to others and to nobody."""
    people = (
        "users",
        "user",
        "accounts",
        "account",
        "members",
        "profiles",
        "profile",
        "customers",
        "people",
        "patients",
        "employees",
    )
    for route in asking.lists:
        if set(route.segments) & ADMIN:
            continue
        for visitor in (asking.nobody, b.visitor):
            if visitor is asking.nobody:
                visitor.forget()
            answer = await visitor.ask("GET", route.path)
            if answer.ok and a.email in answer.text:
                asking.holes.add("emails", route.says, noun_of(route))
                break
    for route in asking.routes:
        if len(route.parameters) != 1 or noun_of(route) not in people or set(route.segments) & ADMIN:
            continue
        for known in _ids_of(a) if route.method == "GET" else []:
            path = route.filled(str(known))
            asking.nobody.forget()
            if a.email in (await asking.nobody.ask("GET", path)).text:
                asking.holes.add("everybody_reads", route.says, noun_of(route))
            elif a.email in (await b.visitor.ask("GET", path)).text:
                asking.holes.add("others_read", route.says, noun_of(route))
        if route.method in ("PUT", "PATCH") and a.id is not None:
            await _profile_changed(asking, a, b, route)


def _ids_of(a: AppAccount) -> list[Any]:
    return [a.id, a.mark] if a.id is not None else [a.mark, 1, 2, 3, 4]


async def _profile_changed(asking: Inquiry, a: AppAccount, b: AppAccount, route: AppRoute) -> None:
    reads = [one for one in asking.routes if one.method == "GET" and one.path == route.path]
    path = route.filled(str(a.id))
    fields = {
        name: schema
        for name, schema in route.fields.items()
        if "pass" not in name.lower() and "mail" not in name.lower()
    }
    if not fields or not reads:
        return
    for who, visitor in (("everybody_changes", asking.nobody), ("others_change", b.visitor)):
        if visitor is asking.nobody:
            visitor.forget()
        mark = f"{a.mark}changed{who[0]}"
        answer = await visitor.ask(route.method, path, json=body_of(fields, mark))
        if answer.done and mark in (await a.visitor.ask("GET", path)).text:
            asking.holes.add(who, route.says, noun_of(route))
            return
