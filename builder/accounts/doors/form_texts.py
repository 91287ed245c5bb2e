"""The forms themselves: their fields and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, urlencode

import segno

from builder.accounts.form_pages import FormField, PageForm, PasskeyButton
from builder.accounts.notices.unsubscribing import UNSUBSCRIBE_PAGE
from builder.accounts.passwords import MAX_LENGTH
from builder.accounts.people.new_passwords import MIN_LENGTH
from builder.accounts.people.second_factors import Enrolment
from builder.accounts.settings import SignInSettings
from builder.texts import t

Offered = Sequence[tuple[str, str]]
"""Names and titles of providers."""


def sign_in_form(settings: SignInSettings, target: str, *, first: bool, providers: Offered = ()) -> PageForm:
    """`first`: there is no account yet, and the owner makes the first one."""
    action = f"/sign-in?next={quote(target, safe='/')}"
    if first and not settings.owner_password.get_secret_value():
        return PageForm(t("people.first"), t("people.first_by_command"), action)
    email = FormField("email", t("people.email"), "email", "username", most=255)
    password = FormField("password", t("sign_in.password"), "password", "current-password", most=MAX_LENGTH)
    if first:
        given = FormField("email", t("people.email"), "email", "username", settings.owner_email, most=255)
        owner = FormField("password", t("people.owner_password"), "password", "current-password")
        return PageForm(t("people.first"), t("people.first_text"), action, (given, owner), t("people.first_button"))
    links = [("/forgot", t("people.forgot_link"))]
    if settings.accounts == "open":
        links.insert(0, (_address("/sign-up", next=target if target != "/" else ""), t("people.sign_up_link")))
    return PageForm(
        t("sign_in.heading"),
        t("people.sign_in_text"),
        action,
        (email, password),
        t("sign_in.button"),
        tuple(links),
        _ways(providers, target),
        PasskeyButton(t("people.passkey_button"), target, t("people.passkey_nothing")),
    )


def code_form(target: str, step: str) -> PageForm:
    """The second step; `step` is the token of the first."""
    fields = (
        FormField("step", "", "hidden", value=step),
        FormField("code", t("people.code"), "text", "one-time-code", hint=t("people.code_hint"), most=64),
    )
    links = (("/sign-in", t("people.start_again")),)
    action = f"/sign-in?next={quote(target, safe='/')}"
    button = PasskeyButton(t("people.passkey_instead"), target, t("people.passkey_nothing"))
    text = t("people.code_text")
    return PageForm(t("people.code_heading"), text, action, fields, t("sign_in.button"), links, passkey=button)


def set_up_form(target: str, step: str, made: Enrolment) -> PageForm:
    """As `code_form`, for whoever has to have an app and has none yet; a passkey does as well."""
    form = code_form(target, step)
    hidden, code = form.fields
    code = replace(code, hint=t("people.set_up_hint", secret=made.secret), most=8)
    picture = segno.make(made.uri).svg_inline(scale=4, border=4, light="white")
    return replace(
        form,
        heading=t("people.set_up_heading"),
        text=t("people.set_up_text"),
        fields=(hidden, code),
        picture=picture,
        named=t("account.codes_picture"),
    )


def sign_up_form(target: str, invite: str, invited: str, providers: Offered = ()) -> PageForm:
    action = _address("/sign-up", next=target if target != "/" else "", invite=invite)
    fields = (
        FormField("name", t("people.name"), "text", "name", most=100),
        FormField("email", t("people.email"), "email", "username", invited, most=255),
        _new_password(),
    )
    links = (("/sign-in", t("people.sign_in_link")),)
    ways = _ways(providers, target, invite)
    return PageForm(
        t("people.sign_up"), t("people.sign_up_text"), action, fields, t("people.sign_up_button"), links, ways
    )


def forgot_form() -> PageForm:
    email = FormField("email", t("people.email"), "email", "username", most=255)
    links = (("/sign-in", t("people.sign_in_link")),)
    return PageForm(t("people.forgot"), t("people.forgot_text"), "/forgot", (email,), t("people.forgot_button"), links)


def reset_form(token: str) -> PageForm:
    action = _address("/reset", token=token)
    return PageForm(t("people.reset"), t("people.reset_text"), action, (_new_password(),), t("people.reset_button"))


def verify_form(token: str) -> PageForm:
    action = _address("/verify", token=token)
    return PageForm(t("people.verify"), t("people.verify_text"), action, (), t("people.verify_button"))


def unsubscribe_form(token: str, kind: str) -> PageForm:
    text = t("people.unsubscribe_text", kind=t(f"notice.kind.{kind}"))
    return PageForm(
        t("people.unsubscribe"), text, _address(UNSUBSCRIBE_PAGE, token=token), (), t("people.unsubscribe_button")
    )


def outcome(heading: str, text: str, link: tuple[str, str] | None = None) -> PageForm:
    """What was done, and where to go on."""
    return PageForm(heading, text, "", links=(link or ("/sign-in", t("people.sign_in_link")),))


def _ways(providers: Offered, target: str, invite: str = "") -> tuple[tuple[str, str], ...]:
    here = target if target != "/" else ""
    return tuple(
        (
            _address(f"/api/v1/auth/oauth/{name}/start", next=here, invite=invite),
            t("people.with_provider", provider=title),
        )
        for name, title in providers
    )


def _new_password() -> FormField:
    return FormField(
        "password",
        t("people.new_password"),
        "password",
        "new-password",
        hint=t("people.password_hint", least=MIN_LENGTH),
        least=MIN_LENGTH,
        most=MAX_LENGTH,
    )


def _address(path: str, **values: str) -> str:
    query = urlencode({name: value for name, value in values.items() if value}, quote_via=quote)
    return path + (f"?{query}" if query else "")
