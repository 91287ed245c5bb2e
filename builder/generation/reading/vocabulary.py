"""The names that models give to what the schema calls path, find and replace.

Names are compared without case, spaces, dashes and underscores: "file_path" is "filePath".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIELDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("title", "summary", "stack", "run"), ""),
    **dict.fromkeys(
        _words(
            "files filetree filesystem filemap filelist newfiles createdfiles updatedfiles modifiedfiles changedfiles sourcefiles "
            "projectfiles codefiles filecontents generatedfiles outputfiles allfiles appfiles completefiles filestocreate filestoadd filestowrite"
        ),
        "files",
    ),
    **dict.fromkeys(_words("edits fileedits codeedits filestoedit"), "edits"),
    **dict.fromkeys(
        _words("delete deletes deletedfiles deletefiles filestodelete deletions removedfiles removefiles"), "delete"
    ),
}
"""A field of the Draft by its plain name; "" stands for that name itself."""
LOOSE_FIELDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_words("file newfile create creates created add adds added new write writes written"), "files"),
    **dict.fromkeys(
        _words(
            "changes modifications patches replacements updates update updated modify modified edit edited operations actions"
        ),
        "edits",
    ),
    **dict.fromkeys(_words("deleted remove removed removals"), "delete"),
    **dict.fromkeys(_words("rename renames renamed move moves moved"), "moves"),
}
"""Fields that may as well be something else: a list of what changed, in words. They count where all of it can be read."""
WRAPPERS: Final = frozenset(
    _words(
        "draft result results answer response arguments args parameters params toolinput writeapp payload json function "
        "functioncall toolcall tooluse finalanswer"
    )
)
"""Objects around the document; no folder is called so."""
ROOT_FOLDERS: Final = frozenset(
    _words(
        "src app public static server client backend frontend api lib components pages styles css js assets templates views "
        "routes models tests test scripts docs config data utils hooks walks"
    )
)
PROJECT_FILES: Final = frozenset(
    _words("index.html package.json requirements.txt pyproject.toml main.py app.py server.js")
)
"""Files that lie in a project's own folder."""

PATHS: Final = ("path", "filepath", "filename", "file", "pathname", "relativepath", "fullpath", "targetfile", "uri")
NAMES: Final = ("name",)
LABELS: Final = ("location", "destination", "dest", "key", "title", "id", "label")
"""Paths only where it is a file's name that stands there."""
SUFFIXES: Final = ("extension", "ext", "fileextension")
FOLDERS: Final = ("directory", "dir", "folder")
TEXTS: Final = _words(
    "content contents code text body source sourcecode filecontent filecontents filetext newcontent newcontents fullcontent "
    "fulltext updatedcontent rawcontent fullcode filecode value data lines"
)
LOOSE_TEXTS: Final = _words(
    "html css js javascript typescript python script template markup style styles snippet src new newtext newcode after updated "
    "updatedcode write output"
)
"""Texts only where nothing else is one, and where it is code that stands there."""
CALLS: Final = ("arguments", "args", "input", "parameters", "params", "toolinput")
CHILDREN: Final = ("children", "files", "entries", "directory")
FINDS: Final = _words(
    "find findtext findstring oldstring oldstr oldtext oldcode oldcontent oldvalue oldlines old search searchtext searchstring "
    "searchfor searchblock original originaltext originalcode before from targetcontent targettext targetcode match matchtext existing "
    "existingcode current currentcode remove"
)
REPLACES: Final = _words(
    "replace replacetext replacewith replacement replacementtext replaceblock replacestring newstring newstr newtext newcode "
    "newcontent newvalue newlines new updated updatedtext updatedcode after to with replacementcontent replacementcode proposed "
    "proposedcode add"
)
EDITS: Final = _words(
    "edits edit changes change replacements hunks operations patches updates modifications diff diffs patch "
    "block blocks searchreplace searchreplaceblock"
)
ACTIONS: Final = _words("action operation op type status changetype kind mode")
DESCRIBING: Final = _words("language lang type encoding description")
_NOTHING: Final = re.compile(r"(?:(?:no|none|nothing|not|null|nil|false|empty|n/a)(?:[\s,:;]|\.?$)|-?$)", re.IGNORECASE)
_DELETING: Final = frozenset(_words("delete deleted remove removed isdeleted deletefile removefile"))
_CREATING: Final = frozenset(
    _words("create created add added new write overwrite createfile addfile newfile writefile")
)


def plain(key: str) -> str:
    """`key` as names are compared."""
    return key.lower().replace("_", "").replace("-", "").replace(" ", "")


def named(value: Mapping[str, Any], names: Iterable[str]) -> list[Any]:
    """What stands under any of `names`, in their order."""
    by_name = {plain(key): inner for key, inner in value.items()}
    return [by_name[name] for name in names if name in by_name]


def says_nothing(value: Any) -> bool:
    """Whether a field is empty, in words or not."""
    return not value or (isinstance(value, str) and bool(_NOTHING.match(value.strip())))


def deletes(value: Mapping[str, Any]) -> bool:
    """Whether it says of itself that it takes a file away."""
    return any(isinstance(said, str) and plain(said) in _DELETING for said in named(value, ACTIONS)) or any(
        said is True for said in named(value, _DELETING)
    )


def moves(value: Mapping[str, Any]) -> bool:
    """Whether it says of itself that it gives a file another name."""
    return any(isinstance(said, str) and LOOSE_FIELDS.get(plain(said)) == "moves" for said in named(value, ACTIONS))


def creates(value: Mapping[str, Any]) -> bool:
    """Whether it says of itself that it is a file from its beginning to its end."""
    return any(isinstance(said, str) and plain(said) in _CREATING for said in named(value, ACTIONS))
