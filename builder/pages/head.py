"""What every page's <head> holds: what has to work before the page's own code is there, and the icon."""

from __future__ import annotations

import reflex as rx

from builder.pages.early_app import EARLY_APP

# Runs before the first paint, so that a dark page never flashes white (Reflex reads and writes the same key) and the
# home page reserves the height of its projects.
_THEME = """try{var t=localStorage.getItem('theme')||'system';if(t!=='light'&&t!=='dark')t=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light';var r=document.documentElement;r.classList.add(t);r.style.colorScheme=t;var h=localStorage.getItem('sayso.recent');if(h)r.style.setProperty('--recent',h)}catch(e){}"""
# A page whose code failed to load (when a network changes, as at the start of a container) reloads itself: up to three
# times within half a minute, after growing waits, and never once the page is alive.
_AGAIN = """try{var w,a=function(){var d=document,k='sayso.again',n=Date.now();if(w||d.documentElement.dataset.alive||d.querySelector('.wb,.wb-not-here'))return;var p=(sessionStorage.getItem(k)||'0 0').split(' '),c=n-p[0]<30000?+p[1]:0;if(c>2)return;sessionStorage.setItem(k,n+' '+(c+1));w=setTimeout(function(){location.reload()},500*Math.pow(2,c))};addEventListener('vite:preloadError',a);addEventListener('error',function(e){if(e.target&&e.target.tagName==='SCRIPT')a()},true)}catch(e){}"""
# A page is drawn before its code is there: the last button pressed meanwhile is pressed again then (`sayso:alive`), Enter
# in the home page's prompt counts as its button, and no form is sent by the browser itself, which would put what was typed
# into the address.
_EARLY = """try{var b,l=function(){return document.documentElement.dataset.alive};addEventListener('click',function(e){if(!l())b=e.target.closest&&e.target.closest('button')},true);addEventListener('submit',function(e){if(!l())e.preventDefault()},true);addEventListener('keydown',function(e){var f=e.target;if(!l()&&e.key==='Enter'&&!e.shiftKey&&!e.isComposing&&f.id==='prompt'){e.preventDefault();b=f.form.querySelector('[type=submit]')}},true);addEventListener('sayso:alive',function(){if(b&&b.isConnected)b.click();b=null})}catch(e){}"""
_GROUND = "html{background:#fbfaf8}html.dark{background:#0e1014;color:#eceae6}"


def head_components() -> list[rx.Component]:
    """Inline script and style first, then the icon (without one the browser would download the not-found page)."""
    return [
        rx.el.script(_THEME),
        rx.el.script(_AGAIN),
        rx.el.script(_EARLY),
        rx.el.script(EARLY_APP),
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
