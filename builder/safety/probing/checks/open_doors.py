"""Routes for those who run the app, answers with passwords, pages for finding faults, and other sites' scripts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from builder.safety.probing.asking.accounts import WRONG, AppAccount, inputs, sign_up, signs_in
from builder.safety.probing.asking.inquiry import Inquiry, new_mark, noun_of
from builder.safety.probing.asking.values import PASSWORD, body_of, shows_hash, text_shows_hash
from builder.safety.probing.asking.visitor import Answer, Visitor, walked
from builder.safety.probing.checks.nouns import ADMIN
from builder.safety.probing.routes.route import AppRoute

_EVIL: Final = "https://evil.example"
_TRACES: Final = re.compile(
    r"Traceback \(most recent call last\)|__debugger__|Werkzeug Debugger|DEBUG = True|DJANGO_SETTINGS_MODULE|\bat [\w.<>\[\] ]{1,80} \((?:file://)?/[^)\n]{1,200}:\d+:\d+\)|&nbsp; ?&nbsp;at |at (?:async )?(?:file://)?/[^\n ]{1,200}\.[cm]?js:\d+:\d+"
)
_SQL: Final = re.compile(
    r"(?i)sqlite3?\.?(?:operational|programming|integrity)?error|SQLITE_ERROR|near \"[^\"]{0,60}\": syntax error|unrecognized token|unterminated quoted string|syntax error at or near|psycopg|PG::|You have an error in your SQL syntax|sqlalchemy\.exc"
)
_TO: Final = re.compile(
    r"(?i)^(?:next|url|redirect\w*|return\w*|continue|to|dest(?:ination)?|goto|target|back|callback|success_url|r)$"
)
_FILE: Final = re.compile(
    r"(?i)^(?:file\w*|path|name|page|template|doc\w*|download|image|img|src|attachment|asset|report)$"
)
_UP: Final = (
    "../../../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/etc/passwd",
    "%2Fetc%2Fpasswd",
)
_PASSWD: Final = re.compile(r"root:[^:\n]*:0:0:")
_ASKS_IN: Final = re.compile(
    r"(?i)sign[ -]?in|log[ -]?in|anmeld|einlogg|entrar|forbidden|denied|not allowed|verboten|unauthori[sz]ed|<form[^>]{0,200}login"
)
_OWN: Final = ("me", "profile", "account", "user", "whoami")
_RIGHTS: Final = {"role": "admin", "is_admin": True, "admin": True, "isAdmin": True, "is_staff": True}
_DATABASES: Final = (
    "app.db",
    "data.db",
    "database.db",
    "db.sqlite3",
    "database.sqlite",
    "data.sqlite",
    "app.sqlite3",
    "data/app.db",
    "instance/app.db",
    "data.json",
    "db.json",
    "data/db.json",
    "users.json",
)


async def admin(asking: Inquiry) -> None:
    """What is for those who run the app: asked as nobody, and as the account that was made second."""
    for route in asking.routes:
        if not set(route.segments) & ADMIN or set(route.segments) & {"login", "signin", "logout"}:
            continue
        # A's own id: what is done to it is done in a copy.
        path = route.filled(str(asking.a.id if asking.a and asking.a.id is not None else 1))
        people: list[tuple[str, Visitor]] = [("admin_open", asking.nobody)]
        if asking.b is not None:
            people.append(("admin_ordinary", asking.b.visitor))
        for kind, visitor in people:
            if kind == "admin_open":
                visitor.forget()
            body = body_of(route.fields, new_mark()) if route.method != "GET" else None
            answer = await visitor.send(route.method, path, body, form=route.form)
            if _gives(asking, answer):
                asking.holes.add(kind, route.says, noun_of(route))
                break


def _gives(asking: Inquiry, answer: Answer) -> bool:
    if not answer.ok:
        return False
    if not answer.html:
        refused = isinstance(answer.data, dict) and (answer.data.get("error") or answer.data.get("detail"))
        return not refused
    if "password" in {name.lower() for name in inputs(answer.text)}:
        return False
    known = [account.mark for account in (asking.a, asking.b) if account]
    if "<script" not in answer.text.lower() and not _ASKS_IN.search(answer.text):
        return True  # made by the server, and not asking anybody to sign in
    return (
        any(mark in answer.text for mark in known) or "<table" in answer.text or 'method="post"' in answer.text.lower()
    )


async def passwords(asking: Inquiry) -> None:
    """Answers that hold passwords, or what they are checked with; to whomever they are given."""
    for route in asking.lists:
        for visitor in (asking.nobody, *((asking.b.visitor, asking.a.visitor) if asking.a and asking.b else ())):
            if visitor is asking.nobody:
                visitor.forget()
            answer = await visitor.ask("GET", route.path)
            if answer.ok and _with_hash(answer):
                asking.holes.add("password_hashes", route.says, noun_of(route))
                break
    for route in asking.items:
        known = asking.a.id if asking.a and asking.a.id is not None else 1
        for visitor in (asking.nobody, *((asking.b.visitor, asking.a.visitor) if asking.a and asking.b else ())):
            answer = await visitor.ask("GET", route.filled(str(known)))
            if answer.ok and _with_hash(answer):
                asking.holes.add("password_hashes", route.says, noun_of(route))
                break


def told_hashes(asking: Inquiry, visitors: Sequence[Visitor]) -> None:
    """Hashes in what was answered to those who signed up, made or changed something."""
    for visitor in visitors:
        for method, path, answer in visitor.answered:
            if not any(shows_hash(key, value) and value != PASSWORD for key, value in walked(answer.data)):
                continue
            for route in asking.routes:
                shape = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route.path))
                if route.method == method and re.fullmatch(shape, path):
                    if f"password_hashes GET {route.path}" in asking.holes.found:
                        break  # the same answer, however it is asked for
                    asking.holes.add("password_hashes", route.says, noun_of(route))
                    break


def _with_hash(answer: Answer) -> bool:
    if answer.data is not None:
        return any(shows_hash(key, value) for key, value in walked(answer.data))
    return text_shows_hash(answer.text) or PASSWORD in answer.text


async def makes_admin(asking: Inquiry, visitor: Visitor) -> None:
    """Whether somebody who signs up can say what they may."""
    register = asking.way.register
    if register is None or asking.a is None:
        return
    for role in _roles_of(asking):
        visitor.forget()
        made = await sign_up(visitor, asking.way, new_mark(), {**_RIGHTS, "role": role})
        if made is not None and await _has_rights(asking, made, role):
            asking.raised = made
            asking.holes.add("makes_admin", register.says, "rights")
            return


def _roles_of(asking: Inquiry) -> list[str]:
    """The names of those who may more, as the sources compare with them."""
    return list(dict.fromkeys(("admin", *asking.sources.roles)))[:4]


async def _has_rights(asking: Inquiry, made: AppAccount, role: str) -> bool:
    if asking.a is None:
        return False
    for route in asking.lists:
        if route.segments[-1:] and route.segments[-1] in _OWN:
            answer = await made.visitor.ask("GET", route.path)
            plain = await asking.a.visitor.ask("GET", route.path)
            if _rights(answer, role) and not _rights(plain, role):
                return True
    for route in asking.lists:
        if not set(route.segments) & ADMIN or asking.b is None:
            continue
        theirs, others = [await one.visitor.ask("GET", route.path) for one in (made, asking.b)]
        if _gives(asking, theirs) and not _gives(asking, others):
            return True
    told = [answer for _, _, answer in made.visitor.answered[-2:]]
    plainly = [answer for _, _, answer in asking.a.visitor.answered]
    return (
        role in asking.sources.roles
        and any(_rights(one, role) for one in told)
        and not any(_rights(one, role) for one in plainly)
    )


async def raises_itself(asking: Inquiry) -> None:
    """Whether an account can change what it may where it changes what it is."""
    own = asking.b
    if own is None:
        return
    shown = [route for route in asking.lists if route.segments[-1:] and route.segments[-1] in _OWN]
    for route in asking.routes:
        named = set(route.segments) & {"users", "user", "members", "accounts", "people", "profiles"}
        if route.method not in ("PUT", "PATCH", "POST") or route.path in asking.way.paths:
            continue
        itself = route.segments[-1:] and route.segments[-1] in _OWN and not route.parameters
        by_id = named and len(route.parameters) == 1 and route.path.endswith("}") and own.id is not None
        if not itself and not by_id:
            continue
        before = [await own.visitor.ask("GET", one.path) for one in shown]
        for role in _roles_of(asking):
            body = {**body_of(route.fields, own.mark), **_RIGHTS, "role": role}
            answer = await own.visitor.send(route.method, route.filled(str(own.id or 1)), body, form=route.form)
            after = [await own.visitor.ask("GET", one.path) for one in shown]
            # An answer may only say again what it was sent; where something shows how it is, that counts.
            told = after if any(one.ok for one in after) else (answer,)
            if any(_rights(one, role) for one in told) and not any(_rights(one, role) for one in before):
                asking.holes.add("makes_admin", route.says, "rights")
                return


def _rights(answer: Answer, role: str) -> bool:
    return any(
        key.lower() in ("role", "roles", "is_admin", "admin", "isadmin", "is_staff") and value in (role, True, 1)
        for key, value in walked(answer.data)
    )


async def files(asking: Inquiry) -> None:
    """Files that are nobody's business, given as they are."""
    home = asking.seen.get("/") or await asking.nobody.ask("GET", "/")
    for mount in asking.sources.mounts:
        names = {
            **dict.fromkeys((*_DATABASES, ".env", ".git/config", *asking.sources.written)),
            **asking.sources.private,
        }
        for name, content in [*names.items()][:40]:
            answer = await asking.nobody.ask("GET", f"{mount}/{name}")
            if not answer.ok or answer.text == home.text:
                continue
            body = answer.text
            stored = body.startswith("SQLite format 3") or (name == ".git/config" and "[core]" in body)
            own = content is not None and body.strip() and body == content.decode("utf-8", "replace")
            people = (
                (answer.data is not None if name.endswith(".json") else name.endswith((".jsonl", ".csv", ".log")))
                and content is None
                and ("@" in body or "password" in body)
            )
            if stored or own or people:
                asking.holes.add("file", f"GET {mount}/{name}", name)


async def traversal(asking: Inquiry) -> None:
    """Names of files that lead out of their folder."""
    for route in asking.routes:
        if route.method != "GET":
            continue
        tries = []
        if route.parameters and route.path.endswith("}"):
            before = route.path[: route.path.index("{")]
            tries += [before + up for up in _UP]
        tries += [f"{route.filled('1')}?{name}={up}" for name in route.query if _FILE.match(name) for up in _UP[:4]]
        if await _leads_out(asking, tries):
            asking.holes.add("traversal", route.says, noun_of(route))
    if not any(hole.kind == "traversal" for hole in asking.holes.found.values()):
        for mount in asking.sources.mounts:
            if await _leads_out(asking, [f"{mount}/{up.lstrip('/')}" for up in _UP[:3]]):
                asking.holes.add("traversal", f"GET {mount or ''}/…", "files")


async def _leads_out(asking: Inquiry, targets: list[str]) -> bool:
    for target in targets:
        for visitor in (asking.nobody, *((asking.b.visitor,) if asking.b else ())):
            answer = await visitor.ask("GET", "/", raw=target)
            if answer.ok and _PASSWD.search(answer.text):
                return True
            if not answer.refused:
                break
    return False


async def other_sites(asking: Inquiry) -> None:
    """Whether pages of other sites may read answers with the visitor's cookies."""
    for route in [*asking.lists[:6], AppRoute("GET", "/")]:
        answer = await asking.nobody.ask("GET", route.path, headers={"Origin": _EVIL, "Cookie": "session=x"})
        allowed = answer.headers.get("access-control-allow-origin", "")
        if (
            allowed in (_EVIL, "*", "null")
            and answer.headers.get("access-control-allow-credentials", "").lower() == "true"
        ):
            asking.holes.add("cors", "all routes", "answers")
            return


async def redirects(asking: Inquiry) -> None:
    """Addresses that lead to any other site."""
    for route in asking.routes:
        names = [name for name in (*route.query, *(route.fields if route.form else ())) if _TO.match(name)]
        if route.path in asking.way.paths and not names:
            names = ["next"]
        for name in names[:3]:
            for visitor in (asking.nobody, *((asking.b.visitor,) if asking.b else ())):
                if visitor is asking.nobody:
                    visitor.forget()
                if await _led_away(asking, route, name, visitor):
                    asking.holes.add("redirect", route.says, name)
                    break


async def _led_away(asking: Inquiry, route: AppRoute, name: str, visitor: Visitor) -> bool:
    for target in (f"{_EVIL}/x", "//evil.example/x"):
        query = {name: target} if name in route.query or name not in route.fields else None
        if route.method == "GET":
            answer = await visitor.ask("GET", route.filled("1"), query=query)
        elif route is asking.way.login and asking.a is not None and visitor is asking.nobody:
            who = {"username": asking.a.mark, "email": asking.a.email}
            body = {
                **body_of(route.fields or {"username": {}, "password": {}}, asking.a.mark, who),
                **({name: target} if query is None else {}),
            }
            await visitor.ask("GET", route.path)
            answer = await visitor.send("POST", route.path, body, form=True, query=query)
            visitor.forget()
        else:
            body = {**body_of(route.fields, new_mark()), **({name: target} if query is None else {})}
            answer = await visitor.send(route.method, route.filled("1"), body, form=True, query=query)
        if answer.to.startswith((_EVIL, "//evil.example")):
            return True
    return False


async def quotes(asking: Inquiry) -> None:
    """What breaks at a quotation mark: it is put into a question to the database as it is."""
    for route in asking.routes:
        if route.method == "GET":
            for name in route.query[:4]:
                if await _breaks(asking, route.filled("1"), {name: "zq"}, {name: "zq'"}):
                    asking.holes.add("sql", route.says, name)
            if len(route.parameters) == 1 and route.path.endswith("}"):
                before = route.path[: route.path.index("{")]
                if await _breaks(asking, f"{before}zq", None, None, f"{before}zq%27"):
                    asking.holes.add("sql", route.says, route.parameters[0])
    login = asking.way.login
    if login is not None:
        fields = login.fields or {"username": {}, "email": {}, "password": {}}
        for trick in ("' OR '1'='1' --", "' OR 1=1 --"):
            body = {name: WRONG if "pass" in name.lower() else trick for name in fields}
            asking.nobody.forget()
            answer = await asking.nobody.send("POST", login.path, body, form=login.form)
            if signs_in(answer) or _SQL.search(answer.text):
                asking.holes.add("sql", login.says, "sign-in")
                break
        asking.nobody.forget()


async def _breaks(
    asking: Inquiry, path: str, plain: dict[str, str] | None, quoted: dict[str, str] | None, other: str = ""
) -> bool:
    for visitor in (asking.nobody, *((asking.b.visitor,) if asking.b else ())):
        if visitor is asking.nobody:
            visitor.forget()
        before = await visitor.ask("GET", path, query=plain)
        after = await visitor.ask("GET", path, query=quoted) if not other else await visitor.ask("GET", "/", raw=other)
        _note_traces(asking, after, path)
        if _SQL.search(after.text) and not _SQL.search(before.text):
            return True
        if after.status == 500 and before.status not in (0, 500):
            doubled = (
                await visitor.ask("GET", path, query={name: value + "'" for name, value in quoted.items()})
                if quoted
                else await visitor.ask("GET", "/", raw=other + "%27")
            )
            if doubled.status not in (0, 500):
                return True
        if plain and before.status == 500 and await _is_expression(visitor, path, next(iter(plain))):
            return True
        if not before.refused:
            break
    return False


async def _is_expression(visitor: Visitor, path: str, name: str) -> bool:
    """Whether a value stands in SQL without quotation marks, as a column to sort by does: a comment behind it changes
    nothing, which is so in no other language that a number is read in."""
    number, comment, quote = [await visitor.ask("GET", path, query={name: value}) for value in ("1", "1 -- x", "1 ' x")]
    return number.ok and comment.ok and comment.text == number.text and quote.status == 500


async def traces(asking: Inquiry) -> None:
    """Pages that show how the app is made: after an error, or by themselves."""
    for path in ("/zq-nothing-here", "/console"):
        answer = await asking.nobody.ask("GET", path)
        if _TRACES.search(answer.text) or "Interactive Console" in answer.text:
            asking.holes.add("debug", f"GET {path}" if path == "/console" else "errors", "")
    for route in asking.routes:
        if route.method == "GET":
            tries = [route.filled("zq%00'")] if route.parameters else [route.path]
            if route.query:
                tries.append(f"{route.filled('1')}?" + "&".join(f"{name}=zq'" for name in route.query))
            for target in tries:
                _note_traces(asking, await asking.nobody.ask("GET", "/", raw=target), route.path)
        elif route.method == "POST" and not asking.holes.found.get("debug errors"):
            _note_traces(asking, await asking.nobody.ask("POST", route.filled("1"), json={}), route.path)
            broken = await asking.nobody.ask(
                "POST", route.filled("1"), body=b"{", headers={"Content-Type": "application/json"}
            )
            if not broken.html:  # the page of Express in development is nobody's own
                _note_traces(asking, broken, route.path)


def _note_traces(asking: Inquiry, answer: Answer, path: str) -> None:
    if answer.status >= 400 and _TRACES.search(answer.text):
        asking.holes.add("debug", "errors", "")
    names = {key for key, _ in walked(answer.data)}
    if answer.ok and (
        len(names & {"PATH", "HOME", "PWD", "HOSTNAME", "LANG", "USER", "SHELL"}) >= 2
        or re.search(r"(?m)^[^\w\n]{0,8}PATH[^\w\n]{1,4}/", answer.text)
    ):
        asking.holes.add("debug", f"GET {path}", "environment")
