"""The account page: what one says of oneself, the password, codes, sessions, tokens, everything in a file, and leaving."""

from __future__ import annotations

from typing import Any

import reflex as rx

from builder.accounts.access import Action
from builder.components.account import account_shell, fields_of_tokens, once_there, status, to_copy
from builder.pages.account_notices import load_notices, notices_of_mine
from builder.pages.account_proof import prove_first
from builder.pages.account_state import AccountPage
from builder.pages.account_ways import load_ways, ways_in
from builder.pages.asking import asks
from builder.texts import languages, t

_SEND_AVATAR = """(async () => {
  const field = document.getElementById('avatar-file');
  if (!field.files.length) return '';
  const answer = await fetch('/api/v1/me/avatar', { method: 'PUT', body: field.files[0] });
  field.value = '';
  return answer.ok ? '' : (await answer.json()).error.message;
})()"""

load_account = [AccountPage.load, load_ways, load_notices]

# On a State class the fields are Vars, which their annotations do not show.
_SESSIONS: Any = AccountPage.sessions
_TOKENS: Any = AccountPage.tokens
_LINKS: Any = AccountPage.links


def _status(place: str) -> rx.Component:
    return status(AccountPage.place == place, AccountPage.notice, AccountPage.error)


def _field(label: str, name: str, **props: Any) -> rx.Component:
    return rx.el.label(rx.el.span(label), rx.el.input(name=name, **props), class_name="field")


def _own_password(name: str, label: str = "") -> rx.Component:
    """The password that whoever has one says once more."""
    said = _field(
        label or t("sign_in.password"), name, type="password", auto_complete="current-password", required=True
    )
    return rx.cond(AccountPage.has_password, said, rx.fragment())


def _profile() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("account.about")),
        rx.cond(
            AccountPage.verified,
            rx.fragment(),
            rx.el.p(
                t("account.unverified"),
                " ",
                rx.el.button(
                    t("account.verify_again"), on_click=AccountPage.verify_again, type="button", class_name="link"
                ),
                class_name="notice",
            ),
        ),
        rx.el.form(
            rx.el.p(t("account.email"), " ", rx.el.strong(AccountPage.email), class_name="card-text"),
            _field(
                t("people.name"), "name", default_value=AccountPage.name, auto_complete="name", max_length=100,
                key=AccountPage.name,
            ),
            _field(
                t("account.username"), "username", default_value=AccountPage.username, auto_complete="nickname",
                max_length=30, key=AccountPage.username, required=True,
            ),
            _field(
                t("account.bio"), "bio", default_value=AccountPage.bio, auto_complete="off", max_length=2000,
                key=AccountPage.bio,
            ),
            _field(
                t("account.location"), "location", default_value=AccountPage.location, auto_complete="off",
                max_length=100, key=AccountPage.location,
            ),
            *[
                _field(
                    t(f"account.{name}"), name, type="url", default_value=value, auto_complete="url", max_length=200,
                    key=value,
                )
                for name, value in (
                    ("website", AccountPage.website),
                    ("github", AccountPage.github),
                    ("linkedin", AccountPage.linkedin),
                )
            ],
            _field(
                t("account.time_zone"), "time_zone", default_value=AccountPage.time_zone, auto_complete="off",
                max_length=64, placeholder="America/Sao_Paulo", key=AccountPage.time_zone,
            ),
            rx.el.label(
                rx.el.span(t("account.language")),
                rx.el.select(
                    *[rx.el.option(t("client.own_name", one), value=one, lang=one) for one in languages()],
                    name="locale",
                    default_value=AccountPage.locale,
                    key=AccountPage.locale,
                ),
                class_name="field",
            ),
            rx.el.button(t("account.save"), type="submit", class_name="button primary"),
            on_submit=AccountPage.save,
        ),
        _status("profile"),
    )  # fmt: skip


def _avatar() -> rx.Component:
    sent = rx.call_script(_SEND_AVATAR, callback=AccountPage.avatar_sent)
    return rx.el.section(
        rx.el.h2(t("account.avatar")),
        rx.cond(
            AccountPage.avatar != "",
            rx.el.div(
                rx.el.img(src=AccountPage.avatar, alt=t("account.avatar"), class_name="avatar"),
                rx.el.button(
                    t("account.avatar_remove"), on_click=AccountPage.remove_avatar, type="button", class_name="button"
                ),
                class_name="row-of-buttons",
            ),
            rx.fragment(),
        ),
        rx.el.label(
            rx.el.span(t("account.avatar_choose")),
            rx.el.input(type="file", accept="image/*", id="avatar-file", on_change=sent),
            class_name="field",
        ),
        _status("avatar"),
    )


def _password() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("account.password")),
        rx.el.p(
            rx.cond(AccountPage.has_password, t("account.password_text"), t("account.no_password")), class_name="card-text"
        ),
        rx.el.form(
            # Password managers need to know whose password it is.
            rx.el.input(
                type="text", auto_complete="username", read_only=True, hidden=True, value=AccountPage.email,
                name="of", aria_hidden="true", tab_index=-1,
            ),
            _own_password("current", t("account.current_password")),
            _field(
                t("people.new_password"), "new", type="password", auto_complete="new-password", required=True,
                min_length=8, max_length=200,
            ),
            rx.el.button(
                rx.cond(AccountPage.has_password, t("account.change_password"), t("account.set_password")), type="submit", class_name="button"),
            on_submit=AccountPage.change_password,
            id="password-form",
        ),
        _status("password"),
    )  # fmt: skip


def _codes() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("account.codes")),
        rx.el.p(t("account.codes_text"), class_name="card-text"),
        rx.cond(AccountPage.codes_on, _codes_end(), _codes_begin()),
        _status("codes"),
        rx.cond(
            AccountPage.recovery.length() > 0,  # type: ignore[attr-defined]
            rx.el.ul(rx.foreach(AccountPage.recovery, lambda code: rx.el.li(code)), class_name="recovery"),
            rx.fragment(),
        ),
    )


def _codes_begin() -> rx.Component:
    return rx.cond(
        AccountPage.app_secret != "",
        rx.el.form(
            rx.el.p(t("account.codes_scan"), class_name="card-text"),
            rx.el.img(src=AccountPage.app_picture, alt=t("account.codes_picture"), class_name="app-picture"),
            rx.el.p(t("account.codes_type"), " ", rx.el.code(AccountPage.app_secret), class_name="card-text"),
            _field(
                t("people.code"),
                "code",
                required=True,
                max_length=8,
                auto_complete="one-time-code",
                custom_attrs={"inputMode": "numeric"},
            ),
            rx.el.button(t("account.codes_confirm"), type="submit", class_name="button primary"),
            on_submit=AccountPage.confirm_codes,
        ),
        rx.fragment(
            rx.cond(
                AccountPage.fresh,
                rx.el.button(
                    t("account.codes_begin"), on_click=AccountPage.begin_codes, type="button", class_name="button"
                ),
                rx.fragment(),
            ),
            prove_first("codes"),
        ),
    )


def _codes_end() -> rx.Component:
    return rx.el.details(
        rx.el.summary(t("account.codes_end"), " ", rx.el.span(AccountPage.recovery_left, class_name="card-text")),
        rx.el.form(
            _own_password("codes_password"),
            rx.el.button(t("account.codes_end_button"), type="submit", class_name="button"),
            on_submit=AccountPage.end_codes,
        ),
    )


def _session(row: Any) -> rx.Component:  # a Var with the attributes of SessionRow
    return rx.el.li(
        rx.el.span(
            rx.el.span(row.what, class_name="card-title"),
            rx.el.span(row.when, class_name="card-text"),
            class_name="row",
        ),
        rx.cond(
            row.current,
            rx.el.span(t("account.this_one"), class_name="card-text"),
            rx.cond(
                AccountPage.fresh,
                rx.el.button(
                    t("account.end"),
                    on_click=AccountPage.end_session(row.id),
                    type="button",
                    class_name="button",
                    aria_label=t("account.end_session", what="") + row.what,
                ),
                rx.fragment(),
            ),
        ),
    )


def _sessions() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("account.sessions")),
        rx.el.p(t("account.sessions_text"), class_name="card-text"),
        rx.el.ul(rx.foreach(_SESSIONS, _session), class_name="rows"),
        rx.cond(_SESSIONS.length() > 1, prove_first("sessions"), rx.fragment()),
        rx.el.div(
            rx.cond(
                (_SESSIONS.length() > 1) & AccountPage.fresh,
                rx.el.button(
                    t("account.end_others"), on_click=AccountPage.end_others, type="button", class_name="button"
                ),
                rx.fragment(),
            ),
            class_name="row-of-buttons",
        ),
        _status("sessions"),
    )


def _token(row: Any) -> rx.Component:  # a Var with the attributes of TokenRow
    return rx.el.li(
        rx.el.span(
            rx.el.span(row.name, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        ),
        rx.el.button(
            t("account.remove"),
            on_click=AccountPage.remove_token(row.id),
            type="button",
            class_name="button",
            aria_label=t("account.remove_token", name="") + row.name,
        ),
    )


def _tokens() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("account.tokens")),
        rx.el.p(t("account.tokens_text"), class_name="card-text"),
        rx.cond(
            _TOKENS.length() > 0,
            rx.el.ul(rx.foreach(_TOKENS, _token), class_name="rows"),
            rx.el.p(rx.cond(AccountPage.loaded, t("account.no_tokens"), " "), class_name="empty"),
        ),
        rx.el.form(
            _field(t("account.token_name"), "token_name", required=True, max_length=100, auto_complete="off"),
            fields_of_tokens(),
            rx.el.button(t("account.make_token"), type="submit", class_name="button"),
            on_submit=AccountPage.create_token,
            reset_on_submit=False,
        ),
        _status("tokens"),
        rx.el.p(rx.el.a(t("keys_of_team.mine"), href="/teams/keys", class_name="link")),
        to_copy(AccountPage.secret, t("account.token"), t("account.copy")),
    )


def _link(row: Any) -> rx.Component:  # a Var with the attributes of LinkRow
    return rx.el.li(
        rx.el.span(
            rx.el.span(row.recipient, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        ),
        rx.el.button(
            t("account.copy_link"),
            on_click=rx.set_clipboard(row.link),
            type="button",
            class_name="button",
            aria_label=t("account.copy_link_of", recipient="") + row.recipient,
        ),
    )


def _links() -> rx.Component:
    return rx.cond(
        _LINKS.length() > 0,
        rx.el.section(
            rx.el.h2(t("account.links")),
            rx.el.p(t("account.links_text"), class_name="card-text"),
            rx.el.ul(rx.foreach(_LINKS, _link), class_name="rows"),
        ),
        rx.fragment(),
    )


def _leaving() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("account.data")),
        rx.el.p(t("account.export_text"), class_name="card-text"),
        rx.el.button(
            t("account.export"),
            on_click=rx.download(url="/api/v1/me/export", filename="sayso.zip"),
            type="button",
            class_name="button",
        ),
        rx.el.details(
            rx.el.summary(t("account.leave"), class_name="danger-text"),
            rx.el.p(t("account.leave_text"), class_name="card-text"),
            rx.el.form(
                _own_password("leave_password"),
                rx.el.button(t("account.leave_button"), type="submit", class_name="button danger-text"),
                on_submit=AccountPage.leave,
            ),
        ),
        _status("leave"),
    )


@asks(Action.USE)
def account() -> rx.Component:
    """One column of parts, each with its own button and its own answer."""
    return account_shell(
        rx.cond(
            AccountPage.off,
            rx.el.p(t("account.off"), class_name="empty"),
            once_there(
                AccountPage.loaded,
                rx.cond(
                    AccountPage.oversees,
                    rx.el.p(rx.el.a(t("admin.nav"), href="/admin", class_name="link")),
                    rx.fragment(),
                ),
                _profile(),
                _avatar(),
                _password(),
                *ways_in(),
                _codes(),
                _sessions(),
                _tokens(),
                notices_of_mine(),
                _links(),
                _leaving(),
            ),
        )
    )
