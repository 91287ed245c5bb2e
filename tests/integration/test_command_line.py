"""The commands that make and export apps without the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.command_line import generate
from builder.composition.settings import Settings
from builder.projects.store import ProjectStore
from preview_runtime.file_tree import FileTree


@pytest.mark.parametrize(
    ("files", "said", "unsaid"),
    [
        ({"index.html": "x", "package.json": '{"scripts": {"dev": "vite"}}'}, "    npm install\n    npm run dev\n", "pip"),
        ({"app.py": "import flask\napp = flask.Flask(__name__)", "requirements.txt": "flask"},
         "    . .venv/bin/activate\n", "npm"),
        ({"Cargo.toml": "[package]"}, "cannot run Rust by themselves", "npm"),
    ],
)  # fmt: skip
async def test_a_made_app_is_said_to_run_as_its_readme_says(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    files: dict[str, str], said: str, unsaid: str,
) -> None:  # fmt: skip
    async def made(*_: object) -> FileTree:
        return FileTree(files)

    monkeypatch.setattr("builder.command_line.get_settings", lambda: settings)
    monkeypatch.setattr(ProjectStore, "head_tree", made)  # the offline demo writes no servers where none can run
    assert await generate("a todo app", str(tmp_path / "app"), "starter:offline") == 0
    out = capsys.readouterr().out
    assert said in out
    assert unsaid not in out
