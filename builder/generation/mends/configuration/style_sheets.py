"""Style sheets that are imported by a name that no file has."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, text_of
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece

_SHEETS: Final = (".css", ".scss", ".less")
_TAKES: Final = (*SCRIPTS, *COMPONENTS, *_SHEETS, ".html")
_IMPORT: Final = re.compile(r"@import\s{1,20}(?:url\(\s{0,20})?[\"'](\.{1,2}/[^\"'\n]{1,300})[\"']")
# What the one style sheet of an app is called, each as well as the others.
_OF_AN_APP: Final = frozenset({"app", "global", "globals", "index", "main", "style", "styles"})


def mend_style_sheets(work: Workpiece) -> None:
    """An import of a style sheet that is not there gets the name of the one that it can only mean."""
    for path in work.changed:
        if path.endswith(_SHEETS):
            _in_a_sheet(work, path)
        elif path.endswith((*SCRIPTS, *COMPONENTS)):
            _in_a_script(work, path)


def _in_a_sheet(work: Workpiece, path: str) -> None:
    text = work.text(path) or ""
    for found in _IMPORT.finditer(text):
        if text.rfind("/*", 0, found.start()) > text.rfind("*/", 0, found.start()):
            continue  # in a remark
        wanted = _from(path, found[1])
        if wanted.endswith(_SHEETS) and wanted not in work.files and (meant := _nearly(work, path, wanted)):
            name = _as_written(path, meant)
            start = len(text[: found.start(1)].encode())
            splice = Splice(start, start + len(found[1].encode()), name)
            work.mend("import_path", path, [splice], file=name)
            return


def _in_a_script(work: Workpiece, path: str) -> None:
    script = work.script(path)
    for one in script.imports if script is not None and not script.broken else ():
        wanted = _from(path, one.specifier)
        if not (one.specifier.startswith(".") and one.bare and wanted.endswith(_SHEETS)) or wanted in work.files:
            continue
        if meant := _nearly(work, path, wanted) or _of_the_app(work, wanted):
            quote, name = text_of(one.source)[:1], _as_written(path, meant)
            splice = Splice(one.source.start_byte, one.source.end_byte, f"{quote}{name}{quote}")
            work.mend("import_path", path, [splice], file=name)
            return


def _nearly(work: Workpiece, path: str, wanted: str) -> str:
    """The one sheet beside it whose name is the same in another case, as one or several, or with another ending."""
    name = _name(wanted)
    near = [one for one in _beside(work, wanted) if one != path and _name(one).rstrip("s") == name.rstrip("s")]
    return near[0] if len(near) == 1 else ""


def _of_the_app(work: Workpiece, wanted: str) -> str:
    """The one sheet there that is called as an app's is, where nobody takes it."""
    own = [one for one in _beside(work, wanted) if _name(one) in _OF_AN_APP]
    if _name(wanted) not in _OF_AN_APP or len(own) != 1:
        return ""
    name = own[0].rpartition("/")[2]
    taken = any(f"/{name}" in (work.text(path) or "") for path in work.files if path.endswith(_TAKES))
    return "" if taken else own[0]


def _beside(work: Workpiece, wanted: str) -> list[str]:
    folder = posixpath.dirname(wanted)
    return [path for path in work.files if path.endswith(_SHEETS) and posixpath.dirname(path) == folder]


def _name(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0].lower()


def _from(path: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), address))


def _as_written(path: str, meant: str) -> str:
    name = posixpath.relpath(meant, posixpath.dirname(path) or ".")
    return name if name.startswith(".") else f"./{name}"
