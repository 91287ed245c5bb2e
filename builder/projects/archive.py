"""Projects as zip files: reading what people upload, writing what they take with them."""

from __future__ import annotations

import io
import lzma
import re
import stat
import zipfile
import zlib
from typing import Final

from builder.errors import BadInput
from builder.projects.blobs import normal, raw
from builder.projects.secrets_left_out import may_hold_secrets
from builder.texts import t
from preview_runtime.file_tree import MAX_FILE_BYTES, MAX_FILES, MAX_TREE_BYTES, FileTree, InvalidTree, check_alike

MAX_ZIP_BYTES: Final = 20 * 1024 * 1024
_MAX_ENTRIES: Final = 100_000  # node_modules alone may have tens of thousands; they are skipped unread
_SKIPPED_FOLDERS: Final = frozenset({"node_modules", ".git", "__MACOSX"})
_SKIPPED_NAMES: Final = frozenset({".DS_Store", "Thumbs.db"})
_ENCRYPTED: Final = 0x1
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_GITIGNORE: Final = "node_modules\ndist\n.DS_Store\n*.local\n.env\n.env.*\n!.env.example\n"


def read_zip(data: bytes) -> FileTree:
    """The project in a zip file: one folder around everything is taken off, what npm or git made is left out.

    Sizes are counted while unpacking, never taken from the zip's own word. Raises BadInput or InvalidTree with a
    sentence for the person; nothing is written anywhere.
    """
    if len(data) > MAX_ZIP_BYTES:
        raise BadInput(t("import.too_large", megabytes=MAX_ZIP_BYTES // 2**20), status=413)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _unpack(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        OSError,
        EOFError,
        NotImplementedError,
        ValueError,
    ) as error:
        if isinstance(error, InvalidTree):
            raise
        raise BadInput(t("import.not_a_zip"), detail=repr(error)) from error
    files = {path: content for path, content in _without_folder(files).items() if not may_hold_secrets(path, content)}
    if not files:
        raise BadInput(t("import.empty"))
    tree = FileTree(files)
    check_alike(tree)
    return tree


def _unpack(archive: zipfile.ZipFile) -> dict[str, str | bytes]:
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise InvalidTree("too_many_files", t("import.too_many", limit=f"{MAX_FILES:,}"))
    files: dict[str, str | bytes] = {}
    total = 0
    for entry in entries:
        path = entry.filename.replace("\\", "/")  # some Windows programs write their own separator
        parts = path.split("/")
        if entry.is_dir() or _SKIPPED_FOLDERS.intersection(parts) or parts[-1] in _SKIPPED_NAMES:
            continue
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise BadInput(t("import.link", path=path[:60]), detail=f"file type {kind:o}")
        if entry.flag_bits & _ENCRYPTED:
            raise BadInput(t("import.encrypted"))
        if len(files) == MAX_FILES:
            raise InvalidTree("too_many_files", t("import.too_many", limit=f"{MAX_FILES:,}"))
        with archive.open(entry) as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        total += len(content)
        if len(content) > MAX_FILE_BYTES:
            raise InvalidTree(
                "file_too_large", t("import.file_too_large", path=path[:60], megabytes=MAX_FILE_BYTES // 2**20), path
            )
        if total > MAX_TREE_BYTES:
            raise InvalidTree("tree_too_large", t("import.tree_too_large", megabytes=MAX_TREE_BYTES // 2**20))
        files[path] = normal(content)
    return files


def _without_folder(files: dict[str, str | bytes]) -> dict[str, str | bytes]:
    tops = {path.partition("/")[0] if "/" in path else "" for path in files}
    if len(tops) != 1:
        return files
    top = tops.pop()
    # A folder named ".." or "" is nothing to take off: the tree's own check refuses such paths.
    return {path[len(top) + 1 :]: content for path, content in files.items()} if top not in ("", ".", "..") else files


def write_zip(tree: FileTree, title: str) -> bytes:
    """A complete project as a zip file, its files at the top; the same tree always gives the same bytes.

    README.md and .gitignore are added where they are missing; what may hold secrets is left out.
    """
    files = {path: content for path, content in tree.items() if not may_hold_secrets(path, content)}
    if not any(path.lower() in ("readme.md", "readme", "readme.txt") for path in files):
        files["README.md"] = t("export.readme", title=title)
    files.setdefault(".gitignore", _GITIGNORE)
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
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return f"{slug or 'app'}.zip"
