"""A project's files as one immutable value: path → text or bytes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from preview_runtime.phrases import Phrase

MAX_FILES: Final = 2_000
MAX_FILE_BYTES: Final = 2 * 1024 * 1024
MAX_BINARY_BYTES: Final = 10 * 1024 * 1024  # of a file that is no text, such as a picture
MAX_TREE_BYTES: Final = 20 * 1024 * 1024
MAX_PATH_CHARACTERS: Final = 200

# Names that Windows reserves whatever their extension (Microsoft, "Naming Files, Paths, and Namespaces").
_RESERVED: Final = frozenset({"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))})
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


class InvalidTree(ValueError):
    """A path or a set of files that no project may hold.

    `code` is stable (`path_empty`, `path_absolute`, `path_outside`, `path_character`, `path_reserved`,
    `path_long`, `path_conflict`, `path_alike`, `too_many_files`, `file_too_large`, `tree_too_large`);
    `says` is the message for the person.
    """

    def __init__(self, code: str, says: Phrase, path: str = "") -> None:
        super().__init__(str(says))
        self.code = code
        self.says = says
        self.path = path


def is_text(path: str) -> bool:
    """Whether `path` has no lone surrogate: JSON may hold one, UTF-8 cannot encode it."""
    return not any("\ud800" <= character <= "\udfff" for character in path)


def validate_path(path: str) -> str:
    """Return `path` when it is a plain relative POSIX path that every system can hold; raise `InvalidTree`."""
    shown = path if len(path) <= 60 else path[:57] + "…"
    shown = shown.encode("unicode_escape").decode("ascii") if _FORBIDDEN.search(shown) else shown
    if not path:
        raise InvalidTree("path_empty", Phrase("fault.path_empty"), path)
    if len(path) > MAX_PATH_CHARACTERS:
        raise InvalidTree("path_long", Phrase("fault.path_long", {"name": shown}), path)
    if path.startswith(("/", "~/")) or re.match(r"[A-Za-z]:", path):
        raise InvalidTree("path_absolute", Phrase("fault.path_outside", {"name": shown}), path)
    if _FORBIDDEN.search(path) or not is_text(path):
        raise InvalidTree("path_character", Phrase("fault.path_character", {"name": shown}), path)
    for part in path.split("/"):
        if part in ("", ".", ".."):
            raise InvalidTree("path_outside", Phrase("fault.path_outside", {"name": shown}), path)
        if part.split(".")[0].lower() in _RESERVED or part != part.strip() or part.endswith("."):
            raise InvalidTree("path_reserved", Phrase("fault.path_reserved", {"name": shown}), path)
    return path


@lru_cache(maxsize=2 * MAX_FILES)
def folded(path: str) -> str:
    """A path with differences of case and of Unicode accent forms removed.

    With default settings, two paths with equal results are the same file on Windows (NTFS) and macOS (APFS). Unicode's
    canonical caseless matching (The Unicode Standard, section 3.13, D145).
    """
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def check_alike(paths: Iterable[str], known: Iterable[str] = ()) -> None:
    """Raise `InvalidTree` (`path_alike`) when a path and another of `paths` are the same file on Windows or macOS.

    Paths in `known` existed before: two of them are accepted, so that an old project stays editable. Folders whose
    names differ only in case are accepted too: they are merged there, and nothing is lost.
    """
    paths, known = list(paths), set(known)
    fresh = [path for path in paths if path not in known]
    if not fresh:
        return
    names: dict[str, list[str]] = {}
    folders: dict[str, str] = {}
    for path in paths:
        name = folded(path)
        names.setdefault(name, []).append(path)
        # Folding may lengthen a name ("ß"), so each folder is folded by itself.
        for i in _slashes(path):
            folders.setdefault(folded(path[:i]), path[:i])
    for path in fresh:
        for other in names[folded(path)]:
            if other != path:
                raise _alike(path, other)
        if folded(path) in folders:
            raise _alike(path, folders[folded(path)])
        for i in _slashes(path):
            for other in names.get(folded(path[:i]), ()):
                raise _alike(path[:i], other)


def _slashes(path: str) -> Iterator[int]:
    return (i for i, c in enumerate(path) if c == "/")


def _alike(path: str, other: str) -> InvalidTree:
    if unicodedata.normalize("NFC", path) == unicodedata.normalize("NFC", other):
        return InvalidTree(
            "path_alike",
            Phrase("fault.path_alike.accents", {"path": path}),
            path,
        )
    return InvalidTree(
        "path_alike",
        Phrase("fault.path_alike", {"path": path, "other": other}),
        path,
    )


def check_size(path: str, content: str | bytes) -> int:
    """The size of a file in bytes. Raises `InvalidTree` (`file_too_large`)."""
    binary = isinstance(content, bytes)
    size = len(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    most = MAX_BINARY_BYTES if binary else MAX_FILE_BYTES
    if size > most:
        raise InvalidTree(
            "file_too_large", Phrase("fault.file_too_large", {"path": path, "megabytes": most // 2**20}), path
        )
    return size


class FileTree(Mapping[str, str | bytes]):
    """An immutable mapping of validated paths to text (`str`) or binary content (`bytes`), in sorted order.

    Raises `InvalidTree` when a path is not allowed, when a file is in the place of another file's folder, or when a
    limit above is passed.
    """

    def __init__(self, files: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]] = ()) -> None:
        items = dict(files)
        if len(items) > MAX_FILES:
            raise InvalidTree(
                "too_many_files", Phrase("fault.too_many_files", {"found": len(items), "most": MAX_FILES})
            )
        total = 0
        for path, content in items.items():
            validate_path(path)
            total += check_size(path, content)
        if total > MAX_TREE_BYTES:
            raise InvalidTree("tree_too_large", Phrase("fault.tree_too_large", {"megabytes": MAX_TREE_BYTES // 2**20}))
        folders = {path[:i] for path in items for i, c in enumerate(path) if c == "/"}
        for path in items:
            if path in folders:
                raise InvalidTree("path_conflict", Phrase("fault.path_conflict", {"path": path}), path)
        self._files = {path: items[path] for path in sorted(items)}
        self.size = total

    def __getitem__(self, path: str) -> str | bytes:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"FileTree({len(self)} files, {self.size} bytes)"

    def text(self, path: str) -> str | None:
        """The content of `path` if it is a text file, else None."""
        content = self._files.get(path)
        return content if isinstance(content, str) else None

    def replace(self, put: Mapping[str, str | bytes] | None = None, delete: Iterable[str] = ()) -> FileTree:
        """A new tree: without the paths of `delete`, then with the files of `put`."""
        gone = set(delete)
        return FileTree({**{p: c for p, c in self._files.items() if p not in gone}, **(put or {})})

    def digests(self) -> dict[str, str]:
        """SHA-256 (hex) of each file's bytes, text as UTF-8."""
        return {path: digest(content) for path, content in self._files.items()}

    def changed_from(self, other: FileTree) -> tuple[list[str], list[str]]:
        """(paths added or changed, paths removed) from `other` to this tree."""
        changed = [p for p, c in self._files.items() if p not in other or other[p] != c]
        return changed, [p for p in other if p not in self._files]


def digest(content: str | bytes) -> str:
    """SHA-256 (hex) of a file's bytes, text as UTF-8."""
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode()).hexdigest()
