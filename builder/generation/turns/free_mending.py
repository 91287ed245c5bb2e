"""Free mends as a step of a turn: the faults as a page saw them, and the mends as a person reads them."""

from __future__ import annotations

from builder.generation.mends import BundledPackages, Diagnostic, PackageKnowledge, free_mends
from builder.generation.mends.sentences import mend_sentence
from builder.generation.turns.parts import FreeMends
from builder.generation.turns.shapes import MendView, SeenFault
from preview_runtime.file_tree import FileTree


class PackageMender:
    """Mends with what is known of packages. Satisfies `FreeMender`."""

    def __init__(self, packages: PackageKnowledge | None = None) -> None:
        self._packages = packages or BundledPackages()

    def __call__(self, tree: FileTree, before: FileTree, faults: tuple[SeenFault, ...]) -> FreeMends:
        said = [diagnostic(fault) for fault in faults]
        mended = free_mends(tree, before=before, packages=self._packages, faults=said)
        views = (MendView(path=mend.path, code=mend.code, says=mend_sentence(mend)) for mend in mended.mends)
        return FreeMends(mended.tree, tuple(views))


def diagnostic(fault: SeenFault) -> Diagnostic:
    return Diagnostic(fault.kind, fault.code, fault.message, fault.path, fault.line, fault.column)
