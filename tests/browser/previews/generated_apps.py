"""Apps by chance, in four ways of writing them: nested, in lists, under conditions, through components."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.browser.apps import PACKAGE

TAGS = ("div", "section", "article", "header", "footer", "aside", "nav", "figure", "b", "em", "span", "small")
_VUE = {
    "package.json": '{"dependencies": {"vue": "3.5.45"}}',
    "index.html": '<div id="app"></div><script type="module" src="/src/main.ts"></script>',
    "src/main.ts": 'import { createApp } from "vue";\nimport App from "./App.vue";\ncreateApp(App).mount("#app");\n',
    "src/Box.vue": "<script setup>defineProps(['title'])</script>\n<template><div><h3>{{ title }}</h3><slot /></div></template>\n",
}
_SVELTE = {
    "package.json": '{"devDependencies": {"svelte": "5.57.3"}}',
    "index.html": '<div id="app"></div><script type="module" src="/src/main.ts"></script>',
    "src/main.ts": 'import { mount } from "svelte";\nimport App from "./App.svelte";\n'
    'mount(App, { target: document.getElementById("app")! });\n',
    "src/Box.svelte": "<script>let { title, children } = $props();</script>\n<div><h3>{title}</h3>{@render children()}</div>\n",
}
_REACT = {
    "package.json": PACKAGE,
    "index.html": '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    "src/main.tsx": 'import { createRoot } from "react-dom/client";\nimport App from "./App";\n'
    'createRoot(document.getElementById("root")!).render(<App />);\n',
    "src/Box.tsx": "export const Box = ({ title, children, ...rest }: any) => "
    "<div {...rest}><h3>{title}</h3><>{children}</></div>\n",
}

Grow = Callable[[int], str]


class _Tree:
    """`special`: what the framework has beside elements, each with what grows in it."""

    def __init__(self, chance: random.Random, special: list[Callable[[Grow, int], str]]) -> None:
        self._chance, self._special = chance, special

    def grow(self, depth: int) -> str:
        chance = self._chance
        if depth > 0 and self._special and chance.random() < 0.3:
            return chance.choice(self._special)(self.grow, depth)
        if depth <= 0 or chance.random() < 0.1:
            return f"<i>{chance.choice(('one', 'two &amp; three', 'four'))}</i>"
        tag = chance.choice(TAGS)
        inside = (chance.choice(("", " ", "\n  ")) + self.grow(depth - 1) for _ in range(chance.randint(1, 3)))
        return f'<{tag} title="a > b">{"".join(inside)}</{tag}>'


def _react(chance: random.Random, size: int) -> dict[str, str]:
    tree = _Tree(chance, [
        lambda grow, depth: f"{{xs.map((x) => <article key={{x}}>{{x}}{grow(depth - 1)}</article>)}}",
        lambda grow, depth: f"{{on ? {grow(0)} : <u>no</u>}}",
        lambda grow, depth: f'<Box title="small" id={{"a" + 1}}>{grow(depth - 1)}</Box>',
        lambda grow, depth: f"<>{grow(depth - 1)}{grow(0)}</>",
        lambda grow, depth: f'<section {{...{{ lang: "en" }}}} key="k">{grow(depth - 1)}</section>',
    ])  # fmt: skip
    body = "\n".join(f"<main>{tree.grow(5)}</main>" for _ in range(size))
    text = f'import {{ Box }} from "./Box";\nconst xs = ["a", "b"];\nconst on: boolean = true;\nexport default function App() {{\n  return <>{body}</>;\n}}\n'
    return {**_REACT, "src/App.tsx": text}


def _vue(chance: random.Random, size: int) -> dict[str, str]:
    tree = _Tree(chance, [
        lambda grow, depth: f'<article v-for="x in xs" :key="x">{{{{ x }}}}{grow(depth - 1)}</article>',
        lambda grow, depth: '<b v-if="on">yes</b><u v-else>no</u>',
        lambda grow, depth: f'<Box title="small">{grow(depth - 1)}</Box>',
        lambda grow, depth: f'<section v-bind="{{ lang: \'en\' }}" class="q">{grow(depth - 1)}</section>',
        lambda grow, depth: f'<div ref="box">{grow(depth - 1)}</div>',
    ])  # fmt: skip
    body = "\n".join(f"<main>{tree.grow(5)}</main>" for _ in range(size))
    script = (
        '<script setup lang="ts">\nimport Box from "./Box.vue";\nconst xs = ["a", "b"];\nconst on = true;\n</script>\n'
    )
    return {**_VUE, "src/App.vue": f"{script}<template>\n{body}\n</template>\n<style>main {{ margin: 0 }}</style>\n"}


def _svelte(chance: random.Random, size: int) -> dict[str, str]:
    tree = _Tree(chance, [
        lambda grow, depth: f"{{#each xs as x}}<article>{{x}}{grow(depth - 1)}</article>{{/each}}",
        lambda grow, depth: f"{{#if on}}{grow(0)}{{:else}}<u>no</u>{{/if}}",
        lambda grow, depth: f'<Box title="small">{grow(depth - 1)}</Box>',
        lambda grow, depth: f'<section {{...{{ lang: "en" }}}}>{grow(depth - 1)}</section>',
    ])  # fmt: skip
    body = "\n".join(f"<main>{tree.grow(5)}</main>" for _ in range(size))
    script = '<script lang="ts">\n  import Box from "./Box.svelte";\n  let xs = ["a", "b"];\n  let on = $state(true);\n</script>\n'
    return {**_SVELTE, "src/App.svelte": f"{script}<style>\nmain {{ margin: 0 }}\n</style>\n{body}\n"}


def _html(chance: random.Random, size: int) -> dict[str, str]:
    body = "\n".join(f"<main>{_Tree(chance, []).grow(5)}</main>" for _ in range(size))
    return {"index.html": f"<!doctype html>\n<html lang=en><head><title>x</title></head><body>{body}</body></html>\n"}


APPS: dict[str, Callable[[random.Random, int], dict[str, str]]] = {
    "react": _react, "vue": _vue, "svelte": _svelte, "html": _html,
}  # fmt: skip

_OPENING = re.compile(r"(?<![\w>)\]'\"`])<([a-z][\w-]*)(?=[\s/>])(?!\s*[),;])")
_UNMARKED = frozenset(["html", "head", "meta", "link", "title", "script", "style", "template", "slot", "base"])


def with_truth(files: dict[str, str]) -> dict[str, str]:
    """The same files, in which each element bears a number of its own: what the page shows of it is the truth about where
    the element is written."""
    count = 0

    def mark(path: str, text: str) -> str:
        nonlocal count
        jsx = path.endswith((".tsx", ".jsx"))
        beginning = re.compile(r"<template>").search(text) if path.endswith(".vue") else None
        start = beginning.end() if beginning else 0

        def one(found: re.Match[str]) -> str:
            nonlocal count
            if found[1] in _UNMARKED:
                return found[0]
            count += 1
            return f"{found[0]} data-truth={{{count}}}" if jsx else f'{found[0]} data-truth="{count}"'

        pattern = _OPENING if jsx else re.compile(r"<([a-z][\w-]*)(?=[\s/>])")
        return text[:start] + pattern.sub(one, text[start:])

    kinds = (".tsx", ".jsx", ".vue", ".svelte", ".html")
    return {path: mark(path, text) if path.endswith(kinds) else text for path, text in files.items()}
