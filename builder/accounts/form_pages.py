"""Pages with one form, for people who have not signed in: they load nothing but the icon, and run no script but that of
passkeys."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from builder.base.http.hosts import WATCHED
from builder.base.settings import ROOT
from builder.texts import spoken, t

OPEN_PATHS: Final = WATCHED | {"/favicon.svg", "/favicon.ico", "/robots.txt", "/passkeys.js"}
OPEN_FOLDERS: Final = ("/assets/", "/fonts/", "/open-link/", "/api/v1/auth/")
"""What everybody may ask for; of `/api/v1/auth/` each route says by itself who may."""
MAX_FORM_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class FormField:
    """One line of a form. `autocomplete` is what a password manager goes by (HTML, autofill field names)."""

    name: str
    label: str
    type: str
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    least: int = 0
    most: int = 0
    required: bool = True


@dataclass(frozen=True, slots=True)
class PasskeyButton:
    """`target`: where to go then; `failed`: what is said when nothing comes of it."""

    label: str
    target: str
    failed: str


@dataclass(frozen=True, slots=True)
class PageForm:
    """`links`: addresses and names of other pages. Without `button` there is nothing to send. `ways`: addresses and names
    of other ways in."""

    heading: str
    text: str
    action: str
    fields: tuple[FormField, ...] = ()
    button: str = ""
    links: tuple[tuple[str, str], ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    passkey: PasskeyButton | None = None
    picture: str = ""
    """What stands above the fields, as SVG of ours, and `named` in words."""
    named: str = ""
    listed: tuple[str, ...] = ()

    @property
    def focus(self) -> str:
        """The first field that is still empty."""
        return next((field.name for field in self.fields if field.type != "hidden" and not field.value), "")

    def filled(self, sent: Mapping[str, list[str]]) -> PageForm:
        """The form as it was sent, without its passwords."""
        return replace(
            self,
            fields=tuple(
                replace(field, value=sent[field.name][0][:255])
                if field.name in sent and field.type != "password"
                else field
                for field in self.fields
            ),
        )


def form_page(form: PageForm, problem: str = "", *, done: str = "", status: int = 200) -> HTMLResponse:
    """The page; `problem` says why what was sent was refused, `done` what was done."""
    nonce = secrets.token_urlsafe(16)
    html = (
        _template()
        .get_template("form.html.jinja")
        .render(language=spoken(), form=form, problem=problem, done=done, nonce=nonce)
    )
    # Where a passkey can be used, one script of ours runs.
    scripts = f"script-src 'nonce-{nonce}'; connect-src 'self'; " if form.passkey else ""
    policy = f"default-src 'none'; {scripts}style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return HTMLResponse(html, status, headers)


def refusal(path: str, query: str, method: str) -> Response:
    """What a request without a session hears: pages lead to the sign-in, programs get 401."""
    if method in ("GET", "HEAD") and not path.startswith(("/api/", "/_", "/runtime/")):
        target = quote(path + (f"?{query}" if query else ""), safe="/")
        return RedirectResponse(f"/sign-in?next={target}", 303, headers={"Cache-Control": "no-store"})
    error = {"code": "sign_in", "message": t("sign_in.needed"), "details": {}}
    return JSONResponse({"error": error}, 401, headers={"Cache-Control": "no-store"})


@cache
def _template() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "templates" / "pages"), autoescape=True, undefined=StrictUndefined
    )


def local_page(target: str) -> str:
    """`target` when it is a page of ours, else the home page: after signing in nobody is sent to another site."""
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if safe and not urlsplit(target).netloc else "/"
