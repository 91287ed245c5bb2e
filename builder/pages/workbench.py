"""The workbench page, and the outline that is shown until its code has loaded."""

from __future__ import annotations

import reflex as rx

from builder.accounts.access import Action
from builder.components.sign_out import SignOut
from builder.components.workbench import Workbench
from builder.pages.asking import asks
from builder.texts import t

# Inline, so that the outline is painted before any style sheet. It has the sizes and backgrounds of workbench.css, so
# that nothing moves.
_OUTLINE = (
    "#wb-outline{position:fixed;inset:0;display:grid;grid-template-rows:49px 1fr;background:#fbfaf8;color:#66625c;"
    "font:14px/1.5 Geist,ui-sans-serif,system-ui,sans-serif}"
    "#wb-outline>header{border-bottom:1px solid #e5e1da}"
    "#wb-outline>div{display:grid;grid-template-columns:400px 1fr}"
    "#wb-outline section{grid-column:2;margin:auto;opacity:0;animation:wb-outline 0s .3s forwards}"
    "#wb-outline aside{grid-column:1;grid-row:1;border-right:1px solid #e5e1da}"
    "#wb-outline section{grid-row:1}"
    "html.dark #wb-outline{background:#0e1014;color:#a09f9c}"
    "html.dark #wb-outline>header,html.dark #wb-outline aside{border-color:#272b33}"
    "@media(max-width:899px){#wb-outline>div{grid-template-columns:1fr}#wb-outline aside{display:none}"
    "#wb-outline section{grid-column:1}}"
    # Works without a script: the late part is the code itself, and its requests may have failed for good.
    "#wb-outline a{display:block;width:max-content;margin:12px auto 0;padding:8px 16px;border:1px solid;color:inherit;"
    "border-radius:8px;text-decoration:none;visibility:hidden;animation:wb-late 0s 12s forwards}"
    "@keyframes wb-outline{to{opacity:1}}"
    "@keyframes wb-late{to{visibility:visible}}"
    "body:has(.wb,.wb-not-here) #wb-outline{display:none}"
    # See first_words: as they stand in the workbench, until it has read the project itself.
    "#wb-first{position:fixed;inset:0 auto 0 0;z-index:1;width:400px;box-sizing:border-box;pointer-events:none;"
    "color:#1c1b1a;font:14px/1.5 Geist,ui-sans-serif,system-ui,sans-serif}"
    "#wb-first>b{position:absolute;left:54px;top:14px;max-width:230px;overflow:hidden;font-weight:600;"
    "text-overflow:ellipsis;white-space:nowrap}"
    "#wb-first>div{position:absolute;inset:49px 0 130px;overflow:hidden;padding:20px 16px 8px;"
    "overflow-y:hidden;scrollbar-gutter:stable}"
    "#wb-first p{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}"
    "#wb-first .wb-first-asked{width:fit-content;max-width:92%;margin:0 0 16px auto;padding:8px 12px;"
    "box-sizing:border-box;border-radius:12px 12px 4px;background:#efece6;font-kerning:none}"
    "html.dark #wb-first{color:#eceae6}"
    "html.dark #wb-first .wb-first-asked{background:#20242c}"
    "@media(max-width:899px){#wb-first>div{display:none}}"
    "body:has(.wb) #wb-first>b,body:has(.wb[data-load=ready],.wb-not-here) #wb-first{display:none}"
)


def skeleton() -> rx.Component:
    """Bar, chat and stage as empty areas of their final size; the words appear after 300 ms, a way out after 12 s."""
    # Plain HTML: a link of Reflex needs the router, which may not have loaded.
    again = rx.html(f'<a href="">{t("workbench.try_again")}</a>')
    words = rx.el.section(rx.el.p(t("workbench.loading"), role="status"), again)
    return rx.el.div(
        rx.el.style(_OUTLINE),
        rx.el.header(),
        rx.el.div(rx.el.aside(), words),
        id="wb-outline",
    )


@asks(Action.USE)
def workbench() -> rx.Component:
    """Route /p/[project_id]. The outline stays until the island, which is a chunk of its own, has painted."""
    return rx.fragment(skeleton(), Workbench.create(signs_out=SignOut.shown))
