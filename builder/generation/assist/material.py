"""What a chat and the actions are asked, with the code that they are about as material."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from builder.generation.assist.operations import Action
from builder.generation.prompts.frames import mark_for
from builder.generation.prompts.request import template
from builder.safety.sanitising.secrets import without_secrets


def action_system(action: Action) -> str:
    return template("assist/action").render(action=action)


def action_words(action: Action, code: str, language: str, path: str, instruction: str, whole: str) -> str:
    """`whole`: the file that `code` is a part of, "" where it is not known."""
    clean, around = without_secrets(path, code), without_secrets(path, whole)
    said = without_secrets("", instruction)
    mark = mark_for((clean, around, said, path, language))
    return template("assist/acted").render(
        action=action, code=clean, whole=around if around.strip() != clean.strip() else "", language=language,
        path=path, instruction=said, mark=mark,
    )  # fmt: skip


def chat_system() -> str:
    return template("assist/chat").render()


def chat_material(files: Mapping[str, str], context: str, paths: Sequence[str]) -> str:
    """What goes before the first message: `files` by path, the `paths` of the project, and what the program gives."""
    shown = [(path, without_secrets(path, text)) for path, text in files.items()]
    given = without_secrets("", context)
    mark = mark_for((given, *paths, *(one for file in shown for one in file)))
    return template("assist/chatted").render(files=shown, context=given, paths=paths, mark=mark)
