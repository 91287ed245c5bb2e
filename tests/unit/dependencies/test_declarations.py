"""What packages declare is read out of an installation."""

from __future__ import annotations

import json
from pathlib import Path

from preview_runtime.dependencies.declarations import MOST_OF_ONE, declared, with_declarations


def package(modules: Path, name: str, files: dict[str, str], **manifest: object) -> None:
    folder = modules / name
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": name, "version": "1.0.0", **manifest}))
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_the_named_packages_and_what_they_bring_along(tmp_path: Path) -> None:
    package(
        tmp_path, "tides", {"index.d.ts": "import 'moon';", "index.js": "x", "node_modules/own/i.d.ts": "no"},
        types="index.d.ts", scripts={"postinstall": "no"}, dependencies={"moon": "1"},
    )  # fmt: skip
    package(tmp_path, "moon", {"lib/moon.d.mts": "export {};"})
    package(tmp_path, "stranger", {"index.d.ts": "export {};"})
    package(tmp_path, "plain", {"index.js": "x"})
    found = declared(tmp_path, ["plain", "tides", "gone"])
    assert sorted(found) == ["moon/lib/moon.d.mts", "moon/package.json", "tides/index.d.ts", "tides/package.json"]
    assert json.loads(found["tides/package.json"]) == {"name": "tides", "version": "1.0.0", "types": "index.d.ts"}


def test_a_package_that_declares_too_much_pushes_no_other_out(tmp_path: Path) -> None:
    package(tmp_path, "icons", {f"{at}.d.ts": "x" * (MOST_OF_ONE // 2) for at in range(3)})
    package(tmp_path, "small", {"index.d.ts": "export {};"})
    assert sorted(declared(tmp_path, ["icons", "small"])) == ["small/index.d.ts", "small/package.json"]


def test_packages_that_are_declared_elsewhere_bring_that_along() -> None:
    assert with_declarations({"react": "^18.2.0", "zod": "3"}) == {
        "@types/react": "^18.0.0",
        "react": "^18.2.0",
        "zod": "3",
    }
    assert with_declarations({"react": "latest", "lodash": "4"})["@types/react"] == "*"
    assert with_declarations({"react": "19.3.1", "@types/react": "19.3.0"})["@types/react"] == "19.3.0"
