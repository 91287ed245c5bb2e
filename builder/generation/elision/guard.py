"""stub"""
from __future__ import annotations
from builder.generation.draft import Draft
from preview_runtime.file_tree import FileTree
def check_elision(draft: Draft, before: FileTree, after: FileTree, prompt: str) -> None:
    return None
