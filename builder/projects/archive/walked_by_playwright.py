"""What an exported project gets so that `npx playwright test` walks through it."""

from __future__ import annotations

import json
from typing import Final

from builder.base.settings import ROOT
from builder.projects.walks.reading import read_walks
from preview_runtime.file_tree import FileTree
from preview_runtime.stack import detect_stack, front_folder

PLAYWRIGHT: Final = "1.65.1"
VITE: Final = "8.3.8"  # for pages without a package.json of their own
_TEMPLATES: Final = ROOT / "templates" / "walks"
_FILES: Final = {"playwright.config.ts": "playwright.config.ts", "tests/walks.spec.ts": "walks.spec.ts"}
_TEST: Final = "@playwright/test"


def walked_by_playwright(tree: FileTree) -> dict[str, str]:
    """The files that are added to a front end with walks, and its package.json with what they need, by path.

    Nothing for a project that has a configuration for Playwright already, or a package.json that cannot be read.
    """
    configured = any(path.startswith("playwright.config.") for path in tree)
    if configured or detect_stack(tree).needs_server or front_folder(tree) != "" or not read_walks(tree).walks:
        return {}
    try:
        package = json.loads(tree.text("package.json") or '{"private": true, "type": "module"}')
        needed = package.setdefault("devDependencies", {})
        if "vite" not in {**package.get("dependencies", {}), **needed}:
            needed["vite"] = VITE
        needed.setdefault(_TEST, PLAYWRIGHT)
        package["devDependencies"] = dict(sorted(needed.items()))
        package.setdefault("scripts", {}).setdefault("test", "playwright test")
    except (ValueError, AttributeError, TypeError):
        return {}
    files = {path: (_TEMPLATES / name).read_text() for path, name in _FILES.items() if path not in tree}
    return {**files, "package.json": json.dumps(package, indent=2, ensure_ascii=False) + "\n"}
