"""When a model may look at the project by tools."""

from __future__ import annotations

from collections.abc import Iterable

from builder.generation.context.choice import is_worth_showing
from builder.generation.tools.observed import Observed, OpenPage
from builder.generation.tools.project_tools import ProjectTools
from builder.safety.sanitising.secrets import without_secrets
from preview_runtime.file_tree import FileTree


def tools_for(
    tree: FileTree, unshown: Iterable[str], observed: Observed | None = None, page: OpenPage | None = None
) -> ProjectTools | None:
    """Tools where there is something to look at: files that the request has no room for, or faults to be mended.

    None for a small project: it is in the request whole, and one call writes the answer.
    """
    unseen = frozenset(unshown)
    if not observed and not any(is_worth_showing(path) and isinstance(tree[path], str) for path in unseen):
        return None
    return ProjectTools(tree, without_secrets, unseen, observed or Observed(), page)
