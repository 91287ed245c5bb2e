"""A project as a zip file for download. `imports` reads zip files that people upload."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import Final

from builder.projects.archive.docker_project import docker_files
from builder.projects.archive.readme import readme
from builder.projects.archive.secrets_left_out import may_hold_secrets
from builder.projects.archive.walked_by_playwright import walked_by_playwright
from builder.projects.blobs import raw
from builder.projects.naming import slug
from preview_runtime.file_tree import FileTree

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_GITIGNORE: Final = "node_modules\ndist\ntest-results\n.DS_Store\n*.local\n.env\n.env.*\n!.env.example\n"


def write_zip(tree: FileTree, title: str, *, docker: bool = False) -> bytes:
    """A complete project as a zip file, its files at the top; the same tree always gives the same bytes. With `docker` it
    brings what `docker compose up` needs; raises `NothingToRun` where there is nothing that could be run.

    A README.md that says how it runs and a .gitignore are added where they are missing, and for a project with walks what
    `npx playwright test` needs; files that may hold secrets are left out.
    """
    files = {path: content for path, content in tree.items() if not may_hold_secrets(path, content)}
    if not any(path.lower() in ("readme.md", "readme", "readme.txt") for path in files):
        files["README.md"] = readme(tree, title, docker=docker)
    files.setdefault(".gitignore", _GITIGNORE)
    files |= walked_by_playwright(tree)
    if docker:
        files |= docker_files(tree)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, raw(files[path]))
    return buffer.getvalue()


def file_name(title: str) -> str:
    """A file name made of a title, such as recipe-site.zip."""
    return f"{slug(title) or 'app'}.zip"
