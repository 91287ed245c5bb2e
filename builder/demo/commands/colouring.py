"""Colours of parts, palettes, dark and light mode."""

from __future__ import annotations

import re
from typing import Final

from builder.demo.language import colour, words
from builder.demo.language.telling import listed
from builder.demo.language.telling import part as part_of_page
from builder.demo.starters import theme
from builder.demo.starters.adapting import with_mode
from builder.demo.starters.project import AdaptedProject, Cannot, Did, Result
from builder.texts import t

# What people call a part → the theme's property.
_PARTS: Final = (
    (r"header|nav(?:igation)?(?: ?bar)?|top ?bar|banner|masthead|title bar|cabeçalho|en-tête|kopfzeile", "header"),
    (r"backgrounds?|page|body|backdrop|fundo|hintergrund", "page"),
    (r"cards?|surfaces?|panels?|boxes|tiles?|columns?", "surface"),
    (r"texts?|font|letters|writing|words|texto", "ink"),
    (r"buttons?|accents?|links?|highlights?|primary|botões|botão", "accent"),
)
_PALETTES: Final = {
    "warm": ("#fbf5ec", "#b6532f"), "cool": ("#f2f6fb", "#1f5fd0"), "cold": ("#f2f6fb", "#1f5fd0"), "earthy": ("#f5f0e6", "#7a4b2a"), "pastel": ("#fbf6fb", "#8a6bb5"),
    "natural": ("#f4f6ef", "#3f6b3a"), "calm": ("#f3f6f5", "#3a7270"), "vibrant": ("#ffffff", "#d6336c"), "colourful": ("#ffffff", "#d6336c"), "colorful": ("#ffffff", "#d6336c"),
    "monochrome": ("#fafafa", "#26282b"), "grayscale": ("#fafafa", "#26282b"), "greyscale": ("#fafafa", "#26282b"), "neutral": ("#fafaf8", "#46566b"), "ocean": ("#f0f7f9", "#0b7a93"),
    "autumn": ("#fbf3e7", "#a4460f"), "spring": ("#f5faef", "#4c8a2e"), "summer": ("#fffbea", "#c2500a"), "winter": ("#f2f6fa", "#35608a"), "professional": ("#f8f9fb", "#27477a"),
    "minimal": ("#ffffff", "#2b2f36"), "clean": ("#ffffff", "#2f5fb3"), "modern": ("#f7f8fa", "#3b4fc4"), "sleek": ("#f7f8fa", "#26282b"), "fresh": ("#f5faef", "#2f8a57"), "cute": ("#fff5f8", "#cc3f78"), "fun": ("#fff8f2", "#c2387f"), "friendly": ("#fff9f0", "#b6532f"), "serious": ("#f8f9fb", "#27477a"), "cosy": ("#fbf5ec", "#a4460f"), "cozy": ("#fbf5ec", "#a4460f"),
    "playful": ("#fff8f2", "#c2387f"), "luxurious": ("#faf7f0", "#8a5a22"), "elegant": ("#faf8f5", "#4f3b4e"), "retro": ("#f8efdc", "#9c3d2e"), "softer": ("#f8f6f4", "#7a6f8f"),
}  # fmt: skip
_MODE: Final = re.compile(
    r"\b(dark|night|light|day|escuro|claro|oscuro)\s*-?(?:mode|theme|version)\b|\bmodo (escuro|claro|oscuro)\b|^(?:please )?(?:make|turn|switch|set|go|change)\s+(?:it|everything|the app|this|the site|the whole thing|the page|the theme)?\s*(?:to|into|all|completely)?\s*(dark|light)(?:er)?$"
    r"|^(dark|light)(?: please)?$",
    re.IGNORECASE,
)
_AUTO: Final = re.compile(
    r"\b(?:follow|match|use|respect)\w*\s+(?:the\s+)?(?:system|device|browser|os)\b", re.IGNORECASE
)


def mode(clause: str, project: AdaptedProject) -> Result:
    """`dark mode`, `make it light`, `follow the system's theme`."""
    match = _MODE.search(clause)
    auto = _AUTO.search(clause)
    if not match and not auto:
        return None
    said = (next(g for g in match.groups() if g) if match else "auto").lower()
    wanted = {"night": "dark", "escuro": "dark", "oscuro": "dark", "day": "light", "claro": "light"}.get(said, said)
    if match and re.search(r"\b(?:no|not|without|remove|disable|turn off|sem|leave|stop)\b", clause, re.IGNORECASE):
        wanted = "light" if wanted == "dark" else "dark"
    if (
        re.search(r"toggle|switcher|button|\bswitch\b(?! (?:to|it|the))|option", clause, re.IGNORECASE)
        and project.starter
        and "data-theme"
        not in "".join(t for p, t in project.starter.files.items() if p.endswith((".tsx", ".vue", ".svelte")))
    ):
        return Cannot(t("demo.toggle"))
    html = project.text("index.html")
    css = project.text(project.theme_path)
    if not html or not css or not theme.properties(css, dark=True):
        return Cannot(t("demo.no_mode"))
    project.write("index.html", with_mode(html, wanted))
    return Did(t(f"demo.mode.{wanted}"))


def recolour(clause: str, project: AdaptedProject) -> Result:
    """`make the header green`, `use #0a7 for the buttons`, `make it blue`, `a warmer palette`, `darken the background`."""
    css = project.text(project.theme_path)
    hits = colour.found(clause)
    part, _place = _part(clause)
    if css is None:
        return Cannot(t("demo.no_colours", path=project.theme_path)) if hits and part else None
    if hits:
        done = []
        # "a green header and a black background": each colour applies to the part in the same phrase.
        pieces = re.split(r"\s{1,2}and\s{1,2}|,\s{0,2}", clause)
        pieces = pieces if len(hits) > 1 and all(colour.found(p) for p in pieces) else [clause]
        mains = 0
        for part_named, shown, value in [(_part(p)[0], s, v) for p in pieces for s, v, _ in colour.found(p)[-1:]]:
            # There is one main colour: a second one is for what stands above all.
            near = "header" if part_named in ("", "accent") and mains else part_named
            mains += near in ("", "accent")
            css = (
                theme.with_accent(css, value, asked=True, whole=near == "")
                if near in ("", "accent")
                else theme.with_part(
                    css,
                    near,
                    colour.mixed(value, "#ffffff", 0.5)
                    if near == "page" and re.match(r"(?:light|pale|soft|pastel)", shown, re.IGNORECASE)
                    else value,
                    None if near == "header" else _mode_now(project),
                )
            )
            kept = near == "ink" and theme.properties(css).get("ink", value).lower() != value.lower()
            done.append(
                t("demo.colour.readable", colour=shown.lower())
                if kept
                else t("demo.colour.part", part=part_of_page(near), colour=shown.lower())
                if near
                else t("demo.colour.main", colour=shown.lower())
            )
        project.write(project.theme_path, css)
        return Did(listed(done))
    shade = re.search(r"\b(darker|lighter|dark|light|darken|lighten|brighter|paler|deeper)\b", clause, re.IGNORECASE)
    if shade and part:
        return _shade(
            shade[1].lower(),
            part,
            css,
            project,
            too=bool(re.search(rf"\b(?:too|so|less)\s+{shade[1]}", clause, re.IGNORECASE)),
        )
    palette = next((p for w, p in _PALETTES.items() if re.search(rf"\b{w}(?:er|ly)?\b", clause, re.IGNORECASE)), None)
    if palette and re.search(
        r"palette|colou?rs?|look|theme|tones?|style|feel|make it|scheme|design|hues?", clause, re.IGNORECASE
    ):
        page, accent = palette
        css = theme.changed(
            theme.with_accent(css, accent, asked=True),
            lambda values, dark: {} if dark else theme.page_colours(values, page),
        )
        word = next(w for w in _PALETTES if re.search(rf"\b{w}", clause, re.IGNORECASE))
        radius = (
            "20px"
            if word in ("playful", "fun", "cute", "friendly")
            else "2px"
            if word in ("minimal", "serious")
            else ""
        )
        if radius:
            css = theme.changed(css, lambda values, _dark: {"radius": radius} if "radius" in values else {})
        project.write(project.theme_path, css)
        return Did(
            t(
                "demo.palette.rounder" if radius == "20px" else "demo.palette.sharper" if radius else "demo.palette",
                palette=f"{words.article(word)} {word}",
            )
        )
    if re.search(
        r"\b(?:different|other|another|new|nicer|better)\s+colou?rs?\b|change the colou?rs?$", clause, re.IGNORECASE
    ):
        project.write(project.theme_path, theme.with_accent(css, _another(css), asked=True))
        return Did(t("demo.colour.another"))
    return None


def _mode_now(project: AdaptedProject) -> bool | None:
    """Whether the page is dark at the moment: a pink background is set in the theme that the person sees."""
    mode_now = re.search(r'<html[^<>]*data-theme="(\w+)"', project.text("index.html") or "")
    return {"dark": True, "light": False}.get(mode_now[1]) if mode_now else None


def _part(text: str) -> tuple[str, int]:
    hits = [
        (m.start(), part) for pattern, part in _PARTS if (m := re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE))
    ]
    return (min(hits)[1], min(hits)[0]) if hits else ("", -1)


def _shade(said: str, part: str, css: str, project: AdaptedProject, *, too: bool) -> Result:
    now = theme.properties(css).get(part, "")
    if not re.match(r"#[0-9a-fA-F]{3,6}$", now):
        return Cannot(t("demo.no_colour", part=part_of_page(part)))
    darker = (said in ("darker", "dark", "darken", "deeper")) is not too
    strong = said in ("dark", "light") and not too
    value = colour.mixed(
        now, "#000000" if darker else "#ffffff", (0.82 if strong else 0.3) if darker else (0.85 if strong else 0.3)
    )
    css = (
        theme.with_accent(css, value, asked=True, whole=False)
        if part == "accent"
        else theme.with_part(css, part, value)
    )
    project.write(project.theme_path, css)
    return Did(t("demo.darker" if darker else "demo.lighter", part=part_of_page(part)))


def _another(css: str) -> str:
    """The palette colour farthest from what the accent is."""
    now = theme.properties(css).get("accent", "#1f5fd0")
    choices = ("#1f5fd0", "#0f766e", "#b6532f", "#7a35b8", "#2e7d32", "#c2385f")
    digits = [int(now[i : i + 2], 16) for i in (1, 3, 5)] if re.match(r"#[0-9a-fA-F]{6}$", now) else [31, 95, 208]
    return max(
        choices, key=lambda c: sum(abs(int(c[i : i + 2], 16) - d) for i, d in zip((1, 3, 5), digits, strict=True))
    )
