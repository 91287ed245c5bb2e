"""The names of attached files, and the paths that data gets in a project."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import count
from typing import Final

from preview_runtime.file_tree import InvalidTree, folded, validate_path

MOST_NAME: Final = 100
_UNSHOWN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff<>\"\\]")


def clean_name(name: str, otherwise: str) -> str:
    """The last part of `name` without characters that could mislead a reader or end a quotation, its ending kept."""
    plain = " ".join(_UNSHOWN.sub("", name.replace("\\", "/").rpartition("/")[2]).split()).strip(". ")
    if len(plain) > MOST_NAME:
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[: MOST_NAME - 12]}{dot}{ending[:10]}" if stem else plain[:MOST_NAME]
    return plain or otherwise


def data_path(name: str, ending: str, content: str | bytes, tree: Mapping[str, str | bytes]) -> str:
    """Where the content lies in a project: where it lies already, else at a path of its name that is free.

    Below `src/data`, from which scripts can import it; in a project without `src`, below `assets`.
    """
    folder = "src/data" if not tree or any(path.startswith("src/") for path in tree) else "assets"
    folder = f"{folder}-files" if folder in tree else folder
    plain = unicodedata.normalize("NFKD", name.rpartition(".")[0] or name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "data"
    try:
        validate_path(f"{stem}.{ending}")
    except InvalidTree:  # a name that a system reserves, such as con.csv
        stem = f"{stem}-data"
    taken = {folded(path) for path in tree}
    for number in count(1):
        path = f"{folder}/{stem}{f'-{number}' if number > 1 else ''}.{ending}"
        if tree.get(path) == content:
            return path
        if path not in taken:
            return path
    raise AssertionError("numbers do not end")
