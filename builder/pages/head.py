"""What every page's <head> holds: the colour scheme before the first paint, and the icon."""

from __future__ import annotations

import reflex as rx

# Runs before the first paint, so that a dark page never flashes white (Reflex reads and writes the same key) and the
# home page keeps the place of its projects.
_THEME = """try{var t=localStorage.getItem('theme')||'system';if(t!=='light'&&t!=='dark')t=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light';var r=document.documentElement;r.classList.add(t);r.style.colorScheme=t;var h=localStorage.getItem('sayso.recent');if(h)r.style.setProperty('--recent',h)}catch(e){}"""
# A workbench whose code was cut off on its way (a network that changes, as when a container starts) is asked for once
# more by itself; never one that is open, and not again within half a minute.
_AGAIN = """try{var a=function(){var d=document,k='sayso.again',n=Date.now();if(!d.getElementById('wb-outline')||d.querySelector('.wb,.wb-not-here')||n-(sessionStorage.getItem(k)||0)<30000)return;sessionStorage.setItem(k,n);setTimeout(function(){location.reload()},500)};addEventListener('vite:preloadError',a);addEventListener('error',function(e){if(e.target&&e.target.tagName==='SCRIPT')a()},true)}catch(e){}"""
_GROUND = "html{background:#fbfaf8}html.dark{background:#0e1014;color:#eceae6}"


def head_components() -> list[rx.Component]:
    """Inline script and style first, then the icon (a missing one would download the not-found page)."""
    return [
        rx.el.script(_THEME),
        rx.el.script(_AGAIN),
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
