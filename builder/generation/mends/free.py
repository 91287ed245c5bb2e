"""All mends, in the order in which one makes the next possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from builder.generation.mends.configuration.manifest import mend_dependencies
from builder.generation.mends.configuration.pages import mend_pages, mend_roots
from builder.generation.mends.configuration.style_sheets import mend_style_sheets
from builder.generation.mends.configuration.tailwind import mend_tailwind
from builder.generation.mends.diagnostic import Diagnostic
from builder.generation.mends.endings import mend_endings
from builder.generation.mends.packages.knowledge import PackageKnowledge
from builder.generation.mends.python.imports import mend_python_imports
from builder.generation.mends.python.listening import mend_python_listening
from builder.generation.mends.python.requirements import mend_requirements
from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS
from builder.generation.mends.scripts.elements import mend_attributes, mend_keys
from builder.generation.mends.scripts.html_ways import mend_comments, mend_styles
from builder.generation.mends.scripts.listening import mend_listening
from builder.generation.mends.scripts.local_imports import mend_local_names, mend_paths
from builder.generation.mends.scripts.missing_names import mend_missing_names
from builder.generation.mends.scripts.module_kind import mend_module_kind
from builder.generation.mends.scripts.package_imports import mend_package_names
from builder.generation.mends.work.mend import Mended
from builder.generation.mends.work.workpiece import Workpiece
from preview_runtime.file_tree import FileTree

# What stands before and after a module's name where it is imported.
_AROUND: Final = (("/", '"'), ("/", "'"), ("/", "."), ("from ", " "), ("import ", "\n"), (".", " import"))
_IMPORTED: Final = (*SCRIPTS, *COMPONENTS, ".py")
_MENDS: Final[Sequence[Callable[[Workpiece], None]]] = (
    mend_comments,
    mend_endings,
    mend_module_kind,
    mend_paths,
    mend_local_names,
    mend_tailwind,
    mend_dependencies,
    mend_package_names,
    mend_missing_names,
    mend_attributes,
    mend_styles,
    mend_keys,
    mend_listening,
    mend_pages,
    mend_roots,
    mend_style_sheets,
    mend_python_imports,
    mend_python_listening,
    mend_requirements,
)


def free_mends(
    tree: FileTree, *, before: FileTree, packages: PackageKnowledge, faults: Sequence[Diagnostic] = ()
) -> Mended:
    """`tree` with every fault gone that can be mended for certain, in the files that differ from `before` and in those
    that `faults` name.

    Depends on its arguments alone, does no I/O, and takes up to 250 ms: run it in a thread. Mending what it gives changes
    nothing.
    """
    changed, gone = tree.changed_from(before)
    named = {fault.path for fault in faults if fault.path in tree}
    work = Workpiece(tree, {*changed, *named}, packages, before)
    work.affected = _affected(tree, before, changed, gone)
    for mend in _MENDS:
        mend(work)
    return Mended(work.after(tree), tuple(work.mends), tuple(work.left))


def _affected(tree: FileTree, before: FileTree, changed: Sequence[str], gone: Sequence[str]) -> frozenset[str]:
    """The files that did not change, and that may import what did."""
    stems = {_stem(path) for path in (*changed, *gone) if path.endswith(_IMPORTED) and path in before}
    sought = [f"{left}{stem}{right}" for stem in stems for left, right in _AROUND]
    same = {
        path: text for path, text in tree.items() if isinstance(text, str) and path in before and before[path] == text
    }
    return frozenset(
        path for path, text in same.items() if path.endswith(_IMPORTED) and any(one in text for one in sought)
    )


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] if stem in ("index", "__init__") else stem
