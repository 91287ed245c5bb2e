"""Accounts of the app that is asked: which routes make them, and two that are made by them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

from builder.safety.probing.asking.values import PASSWORD, body_of, repaired
from builder.safety.probing.asking.visitor import Answer, Visitor, walked
from builder.safety.probing.routes.route import AppRoute

_REGISTER: Final = (
    "register",
    "signup",
    "sign-up",
    "sign_up",
    "registration",
    "join",
    "registrieren",
    "registro",
    "registrar",
    "registrarse",
    "cadastro",
    "cadastrar",
    "inscription",
    "konto",
    "new-user",
    "create-account",
    "create_account",
    "createaccount",
)
_PEOPLE: Final = ("users", "user", "accounts", "account", "members", "customers", "people", "patients")
_LOGIN: Final = (
    "login",
    "signin",
    "sign-in",
    "sign_in",
    "log-in",
    "log_in",
    "anmelden",
    "einloggen",
    "entrar",
    "connexion",
    "acceder",
    "iniciar-sesion",
    "token",
    "session",
    "sessions",
    "authenticate",
    "auth",
)
_TOKENS: Final = frozenset(
    (
        "token",
        "access_token",
        "accesstoken",
        "jwt",
        "auth_token",
        "authtoken",
        "session_token",
        "sessiontoken",
        "id_token",
        "bearer",
        "key",
    )
)
_RANDOM: Final = re.compile(r"[\w.~+/=-]{20,2000}")
_LATER: Final = re.compile(r"(?i)reset|forgot|change|recover|verify|admin|password$|/me\b|profile|delete")
_OPTIONAL: Final = re.compile(
    r"(?i)^(?:role|type|kind|plan|group|class|grade|department|team|invite\w*|code|referr\w*|avatar|bio|phone|company|locale|lang\w*|admin|is_\w+|tenant\w*|org\w*)$"
)
_IDS: Final = ("id", "user_id", "userid", "_id", "uid", "account_id")
_USUAL: Final[dict[str, dict[str, Any]]] = {"username": {}, "email": {}, "name": {}, "password": {}}


@dataclass(slots=True)
class AppAccount:
    """Somebody with an account of the app. `mark` is in their name and in their e-mail address; `id` None: not told."""

    visitor: Visitor
    mark: str
    id: Any = None

    @property
    def email(self) -> str:
        return f"{self.mark}@example.org"


@dataclass(frozen=True, slots=True)
class Doors:
    """The routes by which people get in; None: the app has no accounts that anybody can make."""

    register: AppRoute | None
    login: AppRoute | None

    @property
    def paths(self) -> set[str]:
        return {route.path for route in (self.register, self.login) if route}


def doors(routes: Sequence[AppRoute]) -> list[Doors]:
    """The ways in that there may be, the likeliest first; the first of none is none."""
    posts = [route for route in routes if route.method == "POST" and "{" not in route.path]
    registers = [route for name in _REGISTER for route in posts if name in route.segments[-2:]]
    registers += [route for route in posts if set(route.segments[-1:]) & set(_PEOPLE) and _asks_password(route)]
    logins = [route for name in _LOGIN for route in posts if route not in registers and route.segments[-1:] == [name]]
    # Whatever else asks for a password and is not for those who have an account already.
    others = [route for route in posts if _asks_password(route) and not _LATER.search(route.path)]
    registers += [route for route in others if route not in registers and route not in logins]
    logins += [route for route in others if route not in logins and route not in registers[:1]]
    last: list[AppRoute | None] = [*logins[:3]] or [None]
    ways = [Doors(register, login) for register in registers[:3] for login in last]
    return ways or [Doors(None, logins[0] if logins else None)]


def _asks_password(route: AppRoute) -> bool:
    return any("pass" in name.lower() or name == "pwd" for name in route.fields)


async def sign_up(visitor: Visitor, way: Doors, mark: str, extra: dict[str, Any] | None = None) -> AppAccount | None:
    """A new account, signed in; None when the app does not let the probe make one. `extra`: what is sent beside."""
    if way.register is None:
        return None
    account = AppAccount(visitor, mark)
    answer = await _send(visitor, way.register, mark, extra or {})
    if answer is None:
        return None
    _learn(account, answer)
    if way.login is not None and not visitor.token:
        for name in (mark, account.email):
            answer = await _send(
                visitor, way.login, mark, {"username": name, "login": name, "identifier": name, "user": name}
            )
            if answer is not None:
                _learn(account, answer)
                break
    return account if visitor.known else None


async def _send(visitor: Visitor, route: AppRoute, mark: str, extra: dict[str, Any]) -> Answer | None:
    """The answer to the first way of sending it that works; None when none does."""
    page = await visitor.ask("GET", route.path)
    shown = inputs(page.text) if page.html and page.ok else {}
    fields = {**route.fields, **{name: {} for name in shown if name not in route.fields}} or dict(_USUAL)
    as_form = route.form or bool(shown)
    least = {name: schema for name, schema in fields.items() if not _OPTIONAL.match(name) or name in extra}
    for form, some in [(as_form, fields), (not as_form, fields), *([(as_form, least)] if least != fields else [])]:
        body = {
            **body_of(some, mark),
            **{
                name: value
                for name, value in extra.items()
                if name in fields or name.startswith(("is_", "role", "admin"))
            },
        }
        body |= {name: value for name, value in shown.items() if value and name not in route.fields}
        answer = await visitor.send("POST", route.path, body, form=form)
        if answer.status in (400, 422) and not form and (better := repaired(some, answer)) != some:
            answer = await visitor.send("POST", route.path, {**body_of(better, mark), **extra}, form=form)
        again = answer.html and answer.ok and "password" in inputs(answer.text)
        failed = isinstance(answer.data, dict) and (
            answer.data.get("error") or answer.data.get("ok") is False or answer.data.get("success") is False
        )
        if answer.done and not again and not failed:
            return answer
        if answer.to and urlsplit(answer.to).path.rstrip("/") != route.path.rstrip("/"):
            return answer
    return None


def _learn(account: AppAccount, answer: Answer) -> None:
    for key, value in walked(answer.data):
        if key.lower() in _TOKENS and isinstance(value, str) and len(value) >= 8:
            account.visitor.token = account.visitor.token or value
    if not account.visitor.known:
        # By another name: what is random in the answer, was not sent, and is nobody's id.
        for key, value in walked(answer.data):
            if (
                not key.lower().endswith("id")
                and isinstance(value, str)
                and _RANDOM.fullmatch(value)
                and account.mark not in value
                and re.search("[0-9]", value)
            ):
                account.visitor.token = account.visitor.token or value
    if account.id is None:
        found = {
            key.lower(): value
            for key, value in walked(answer.data)
            if isinstance(value, str | int) and not isinstance(value, bool)
        }
        account.id = next((found[name] for name in _IDS if name in found), None)


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (
            tag in ("input", "textarea", "select")
            and (name := given.get("name"))
            and given.get("type") not in ("submit", "button", "file")
        ):
            self.names[name] = (given.get("value") or "") if given.get("type") == "hidden" else ""


def inputs(page: str) -> dict[str, str]:
    """The names of what the forms of a page ask for, with the values of what they send unasked."""
    reader = _Inputs()
    reader.feed(page)
    return reader.names


def signs_in(answer: Answer) -> bool:
    """Whether what should have been refused let somebody in."""
    if not answer.done:
        return False
    told = {key.lower() for key, value in walked(answer.data) if isinstance(value, str) and len(value) >= 8}
    return bool(told & _TOKENS) or bool(answer.to and "set-cookie" in answer.headers and "error" not in answer.to)


WRONG: Final = PASSWORD[::-1]
