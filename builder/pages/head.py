"""What every page's <head> holds: the colour scheme before the first paint, and the icon."""

from __future__ import annotations

import reflex as rx

# Runs before the first paint, so that a dark page never flashes white (Reflex reads and writes the same key) and the
# home page keeps the place of its projects.
_THEME = """try{var t=localStorage.getItem('theme')||'system';if(t!=='light'&&t!=='dark')t=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light';var r=document.documentElement;r.classList.add(t);r.style.colorScheme=t;var h=localStorage.getItem('sayso.recent');if(h)r.style.setProperty('--recent',h)}catch(e){}"""
_GROUND = "html{background:#fbfaf8}html.dark{background:#0e1014;color:#eceae6}"


def head_components() -> list[rx.Component]:
    """Inline script and style first, then the icon (a missing one would download the not-found page)."""
    return [
        rx.el.script(_THEME),
        rx.el.style(_GROUND),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(
            rel="preload",
            href="/fonts/geist-latin.woff2",
            type="font/woff2",
            cross_origin="anonymous",
            custom_attrs={"as": "font"},
        ),
    ]
