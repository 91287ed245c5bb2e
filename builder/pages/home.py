"""The home page: the prompt box, the starters' gallery and the projects."""

from __future__ import annotations

from typing import Any

import reflex as rx

from builder.accounts.access import Action
from builder.components.bell import NoticeBell
from builder.components.home import ImportButton, PromptBox
from builder.components.language import language_choice
from builder.components.sign_out import sign_out_button
from builder.pages.asking import asks
from builder.pages.home_state import MOVE_DIALOG, Home
from builder.projects.starters import Starter, list_starters
from builder.texts import catalogue, spoken, t

_EXAMPLES = tuple(t(f"home.example_{number}") for number in range(1, 6))
_TEXTS = {key: text for key, text in catalogue(spoken()).texts.items() if key.startswith("home.")}
_GALLERY = ("kanban", "shop", "dashboard", "recipes", "landing", "todo", "shared-list", "stock-api", "whiteboard")


load_home = Home.load

# On a State class the fields are Vars, which their annotations do not show.
_LISTED: Any = Home.projects
_LOADED: Any = Home.loaded
_TEAMS: Any = Home.teams
_PLACES: Any = Home.places
_ARCHIVED: Any = Home.archived
_GONE: Any = Home.gone
_TAGS: Any = Home.tags
_UNAVAILABLE: Any = Home.unavailable


def _starters(*, server: bool) -> list[Starter]:
    """The starters with or without a server of their own, the selected ones first. Read when the page is built."""
    found = {one.name: one for one in list_starters() if bool(one.server) is server}
    return [found[name] for name in (*_GALLERY, *(n for n in found if n not in _GALLERY)) if name in found]


def _starter(starter: Starter) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.img(
                src=f"/api/v1/starters/{starter.name}/screenshot.webp",
                alt="",
                loading="lazy",
                decoding="async",
            ),
            rx.el.span(starter.title, class_name="card-title"),
            rx.el.span(starter.description, class_name="card-text"),
            rx.cond(
                _UNAVAILABLE.contains(starter.name),
                rx.el.span(_UNAVAILABLE[starter.name], class_name="card-why"),
                rx.fragment(),
            ),
            on_click=Home.use_starter(starter.name),
            type="button",
            disabled=_UNAVAILABLE.contains(starter.name),
            class_name="starter",
        )
    )


def _menu_item(label: str, handler: Any, danger: bool = False) -> rx.Component:
    # A <details> menu closes only when something closes it; the focus goes back to where the menu was opened.
    close = rx.call_script(
        "document.querySelectorAll('details.more[open]').forEach((d) => "
        "{ d.firstElementChild.focus(); d.removeAttribute('open') })"
    )
    return rx.el.button(label, on_click=[close, handler], type="button", class_name="danger" if danger else "")


def _asked(field: rx.Component, submit: Any, cancel: Any) -> rx.Component:
    """One line of a card that is being changed."""
    return rx.el.form(
        field,
        rx.el.button(t("home.save"), type="submit", class_name="button"),
        rx.el.button(t("home.cancel"), type="button", on_click=cancel, class_name="button"),
        on_submit=submit,
        class_name="rename",
    )


def _tag(tag: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            tag,
            on_click=Home.choose_tag(tag),
            type="button",
            class_name="button tag",
            custom_attrs={"aria-pressed": rx.cond(Home.tag == tag, "true", "false")},
        )
    )


def _project(card: Any) -> rx.Component:  # a Var with the attributes of ProjectCard
    title = rx.el.input(
        name="title", default_value=card.title, aria_label=t("home.rename_label"), auto_focus=True, max_length=120
    )
    tags = rx.el.input(
        name="tags", default_value=card.tags.join(", "), aria_label=t("home.tags_label"), placeholder=t("home.tags_label"),
        auto_focus=True,
    )  # fmt: skip
    name = rx.match(
        card.id,
        (Home.renaming, _asked(title, Home.rename, Home.ask_name(""))),
        (Home.tagging, _asked(tags, Home.set_tags, Home.ask_tags(""))),
        rx.el.a(
            rx.el.span(
                # The picture covers the letter: when it cannot be loaded, the letter stays visible.
                card.letter,
                rx.cond(
                    card.picture != "",
                    rx.el.img(src=card.picture, alt="", loading="lazy", decoding="async"),
                    rx.fragment(),
                ),
                class_name="thumb",
                aria_hidden="true",
                style={"--hue": card.hue.to_string()},
            ),
            rx.el.span(
                rx.el.span(card.title, class_name="card-title"),
                rx.el.span(card.when, class_name="card-text"),
                rx.foreach(card.tags, lambda tag: rx.el.span(tag, class_name="tagged")),
            ),
            href="/p/" + card.id,
            class_name="project",
        ),
    )
    return rx.el.li(
        name,
        rx.el.details(
            rx.el.summary("⋯", aria_label=t("home.project_menu", title=card.title)),
            rx.el.div(
                _menu_item(t("home.rename"), Home.ask_name(card.id)),
                _menu_item(t("home.tags_of"), Home.ask_tags(card.id)),
                _menu_item(t("home.duplicate"), Home.duplicate(card.id)),
                rx.cond(
                    _TEAMS.length() > 1, _menu_item(t("home.move"), Home.ask_place(card.id, card.title)), rx.fragment()
                ),
                _menu_item(t("home.archive"), Home.archive(card.id, card.title)),
                _menu_item(t("home.delete"), Home.delete(card.id, card.title), danger=True),
                class_name="menu",
            ),
            class_name="more",
            custom_attrs={"name": "project-menu"},
        ),
    )


def _switcher() -> rx.Component:
    """Whose projects are shown, and where what is made next belongs."""
    return rx.el.select(
        rx.foreach(_TEAMS, lambda one: rx.el.option(one.name, value=one.id)),
        value=Home.team,
        on_change=Home.switch,
        aria_label=t("home.team"),
        class_name="button",
        id="team",
    )


def _folded(count: Any, text: str, cards: Any, row: Any) -> rx.Component:
    """Projects that are out of the way; nothing where there are none."""
    return rx.cond(
        count != "",
        rx.el.details(
            rx.el.summary(count),
            rx.el.p(text),
            rx.el.ul(rx.foreach(cards, row)),
            class_name="gone",
        ),
        rx.fragment(),
    )


def _back(card: Any, bring: Any) -> rx.Component:
    return rx.el.button(
        t("home.restore"),
        on_click=bring(card.id),
        type="button",
        aria_label=t("home.restore_one", title=card.title),
        class_name="button",
    )


def _archived(card: Any) -> rx.Component:  # a Var with the attributes of ProjectCard
    return rx.el.li(
        rx.el.span(rx.el.a(card.title, href="/p/" + card.id)), rx.el.small(card.when), _back(card, Home.unarchive)
    )


def _gone(card: Any) -> rx.Component:  # a Var with the attributes of ProjectCard
    return rx.el.li(rx.el.span(card.title), rx.el.small(card.when), _back(card, Home.restore))


def _move() -> rx.Component:
    """Asks for the team that a project goes to, and says what that does."""
    return rx.el.dialog(
        rx.el.h2(t("home.move_title") + " “" + Home.moving_title + "”", id="move-title"),
        rx.el.p(t("home.move_text")),
        rx.el.form(
            rx.el.label(
                rx.el.span(t("home.move_to")),
                rx.el.select(
                    rx.foreach(_PLACES, lambda one: rx.el.option(one.name, value=one.id)),
                    name="place",
                    class_name="button",
                ),
                class_name="field",
            ),
            rx.el.div(
                rx.el.button(
                    t("home.cancel"),
                    type="button",
                    on_click=rx.call_script(f"document.getElementById('{MOVE_DIALOG}').close()"),
                    class_name="button",
                ),
                rx.el.button(t("home.move_now"), type="submit", class_name="button primary"),
                class_name="dialog-foot",
            ),
            on_submit=Home.move,
        ),
        id=MOVE_DIALOG,
        class_name="dialog",
        custom_attrs={"aria-labelledby": "move-title"},
    )


def _undo(event: Any) -> rx.Component:
    return rx.el.button(t("home.undo"), on_click=event, type="button", class_name="link")


def _header() -> rx.Component:
    open_key = rx.call_script("window.dispatchEvent(new Event('sayso:key'))")
    open_servers = rx.call_script("window.dispatchEvent(new Event('sayso:servers'))")
    return rx.el.header(
        rx.el.a(t("app.skip"), href="#content", class_name="skip"),
        rx.el.a("Sayso", href="/", class_name="wordmark"),
        rx.el.nav(
            rx.el.a(t("home.projects"), href="#projects", class_name="nav"),
            rx.el.button(t("home.servers"), on_click=open_servers, type="button", class_name="nav"),
            rx.el.button(t("home.key"), on_click=open_key, type="button", class_name="nav"),
            NoticeBell.create(),
            rx.cond(
                Home.has_accounts,
                rx.fragment(
                    rx.el.a(t("home.teams"), href="/teams", class_name="nav"),
                    rx.el.a(t("account.nav"), href="/account", class_name="nav"),
                ),
                rx.fragment(),
            ),
            rx.el.button(
                rx.el.span(t("home.theme_dark"), class_name="to-dark"),
                rx.el.span(t("home.theme_light"), class_name="to-light"),
                on_click=rx.toggle_color_mode,
                type="button",
                class_name="nav",
            ),
            sign_out_button(),
        ),
        class_name="top",
    )


@asks(Action.USE)
def home() -> rx.Component:
    """The prompt first; everything else below it."""
    return rx.el.div(
        _header(),
        rx.el.main(
            rx.el.h1(t("home.heading")),
            PromptBox.create(texts=_TEXTS, examples=list(_EXAMPLES)),
            rx.el.div(
                rx.cond(Home.error != "", rx.el.p(Home.error, class_name="error"), rx.fragment()),
                rx.cond(
                    Home.notice != "",
                    rx.el.p(
                        Home.notice,
                        " ",
                        rx.cond(Home.deleted_id != "", _undo(Home.undelete), rx.fragment()),
                        rx.cond(Home.archived_id != "", _undo(Home.unarchive(Home.archived_id)), rx.fragment()),
                        class_name="notice",
                    ),
                    rx.fragment(),
                ),
                role="status",
            ),
            rx.el.section(
                rx.el.div(
                    rx.el.h2(t("home.recent"), id="projects"),
                    rx.el.div(
                        rx.cond(_TEAMS.length() > 1, _switcher(), rx.fragment()),
                        rx.cond(
                            _LISTED.length() > 0,
                            rx.el.button(
                                t("home.search"),
                                on_click=rx.call_script("window.dispatchEvent(new Event('sayso:search'))"),
                                type="button",
                                title=t("home.search_keys"),
                                class_name="button",
                            ),
                            rx.fragment(),
                        ),
                        ImportButton.create(texts=_TEXTS),
                        class_name="section-acts",
                    ),
                    class_name="section-head",
                ),
                rx.cond(
                    _TAGS.length() > 0,
                    rx.el.ul(rx.foreach(_TAGS, _tag), class_name="tags", aria_label=t("home.tags")),
                    rx.fragment(),
                ),
                rx.cond(
                    _LISTED.length() > 0,
                    rx.el.ul(rx.foreach(_LISTED, _project), class_name="projects"),
                    rx.el.p(rx.cond(Home.loaded, t("home.recent_empty"), " "), class_name="empty"),
                ),
                rx.cond(
                    Home.more != "",
                    rx.el.button(Home.more, on_click=Home.show_all, type="button", class_name="button more-projects"),
                    rx.fragment(),
                ),
                _folded(Home.archived_count, t("home.archived.text"), _ARCHIVED, _archived),
                _folded(Home.gone_count, t("home.gone.text"), _GONE, _gone),
                class_name="recent",
                custom_attrs={"data-loaded": _LOADED.to_string()},
            ),
            rx.el.section(
                rx.el.div(rx.el.h2(t("home.starters")), rx.el.p(t("home.starters_text")), class_name="section-head"),
                rx.el.ul(*[_starter(starter) for starter in _starters(server=False)], class_name="starters"),
            ),
            rx.el.section(
                rx.el.div(
                    rx.el.h2(t("home.server_starters")),
                    rx.el.p(rx.cond(Home.no_servers != "", Home.no_servers, t("home.server_starters_text"))),
                    class_name="section-head",
                ),
                rx.el.ul(*[_starter(starter) for starter in _starters(server=True)], class_name="starters"),
            ),
            _move(),
            id="content",
        ),
        rx.el.footer(language_choice(), class_name="foot"),
        class_name="home",
    )
