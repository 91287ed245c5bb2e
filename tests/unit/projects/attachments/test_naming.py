"""Where attached data lies in a project."""

from __future__ import annotations

import pytest

from builder.projects.attachments.naming import data_path

APP = {"index.html": "", "src/App.tsx": ""}


@pytest.mark.parametrize(
    ("name", "files", "path"),
    [
        ("Sales 2026 (final).CSV", {}, "src/data/sales-2026-final.csv"),
        ("Größe.csv", APP, "src/data/groe.csv"),
        ("日本.csv", APP, "src/data/data.csv"),
        ("passwd", APP, "src/data/passwd.csv"),
        ("con.csv", APP, "src/data/con-data.csv"),
        ("a" * 300, APP, f"src/data/{'a' * 60}.csv"),
        ("x.csv", {"main.py": ""}, "assets/x.csv"),
        ("x.csv", {"main.py": "", "assets": "a file"}, "assets-files/x.csv"),
        ("x.csv", APP | {"src/data/x.csv": "other"}, "src/data/x-2.csv"),
        ("X.csv", APP | {"src/data/x.csv": "same"}, "src/data/x.csv"),
        ("x.csv", APP | {"src/data/X.csv": "other"}, "src/data/x-2.csv"),
    ],
)
def test_data_gets_a_plain_path_that_nobody_has(name: str, files: dict[str, str | bytes], path: str) -> None:
    assert data_path(name, "csv", "same", files) == path
