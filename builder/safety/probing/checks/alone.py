"""Apps without accounts: what is personal in what they show to everybody, and let everybody change."""

from __future__ import annotations

from builder.safety.probing.asking.inquiry import Inquiry, noun_of
from builder.safety.probing.asking.values import PERSONAL_FIELD
from builder.safety.probing.asking.visitor import Answer, walked
from builder.safety.probing.checks.things import learn_id, make, makers, of_thing


async def alone(asking: Inquiry) -> None:
    """Things that hold e-mail addresses, telephone numbers and the like."""
    for route in asking.lists:
        answer = await asking.as_nobody(route)
        if answer.ok and _personal_in(answer):
            asking.holes.add("personal_data", route.says, noun_of(route))
    for route in makers(asking):
        if not any(PERSONAL_FIELD.search(name) for name in route.fields):
            continue
        asking.nobody.forget()
        made = await make(asking.nobody, route)
        if made is None:
            continue
        await learn_id(asking, asking.nobody, made)
        asking.nobody.forget()
        personal = [
            str(value)
            for name, value in made.body.items()
            if PERSONAL_FIELD.search(name) and isinstance(value, str) and made.mark in value
        ]
        seen = personal or [made.mark]
        for read, path in [(one, one.path) for one in asking.lists] + [
            (one, one.filled(made.id)) for one in of_thing(asking, made, "GET") if made.id
        ]:
            answer = await asking.nobody.ask("GET", path)
            if answer.ok and any(value in answer.text for value in seen):
                asking.holes.add("personal_data", read.says, made.noun)
        await _changed(asking, route, made.noun)


async def _changed(asking: Inquiry, route: object, noun: str) -> None:
    for maker in makers(asking):
        if maker is not route:
            continue
        for way in [one for one in asking.routes if one.method == "DELETE"]:
            made = await make(asking.nobody, maker)
            if made is None:
                return
            await learn_id(asking, asking.nobody, made)
            if not made.id or way not in of_thing(asking, made, "DELETE"):
                continue
            asking.nobody.forget()
            before = [one for one in asking.lists if made.mark in (await asking.nobody.ask("GET", one.path)).text]
            answer = await asking.nobody.ask("DELETE", way.filled(made.id))
            if answer.done and before and made.mark not in (await asking.nobody.ask("GET", before[0].path)).text:
                asking.holes.add("personal_changed", way.says, noun)


def _personal_in(answer: Answer) -> bool:
    """Whether JSON holds personal data of more than one thing's owner: not the one address of an app's imprint."""
    found = [
        key
        for key, value in walked(answer.data)
        if PERSONAL_FIELD.search(key)
        and isinstance(value, str)
        and len(value) > 4
        and any(c.isdigit() or c == "@" for c in value)
    ]
    return len(found) >= 2
