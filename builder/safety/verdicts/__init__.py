"""What is made of a text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GuardVerdict(StrEnum):
    """`note`: it goes on and is recorded. `ask`: it goes on once the person says that they mean it."""

    PASS = "pass"  # noqa: S105  # no password
    NOTE = "note"
    ASK = "ask"
    REFUSE = "refuse"


class Category(StrEnum):
    """The first seven are of what is asked, the others of what is said in answer (`builder.safety.sanitising.sanitiser`)."""

    SLASH_COMMAND = "slash_command"
    INJECTION = "injection"
    PROMPT_LEAK = "prompt_leak"
    CREDENTIAL = "credential"
    DESTRUCTIVE = "destructive"
    PRIVILEGE = "privilege"
    FLOOD = "flood"
    TOKEN = "token"  # noqa: S105  # its name
    CONFIG = "config"
    ASSISTANT = "assistant"
    PATH = "path"
    INTERNAL = "internal"
    HIDDEN = "hidden"
    CONTROL = "control"


class Origin(StrEnum):
    """`person`: what somebody wants. `data`: what is only shown to a model: files, attachments, logs, results."""

    PERSON = "person"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason; category and rule are "" where it passes. Not `sure`: somebody else is better asked as
    well, and where nobody can be, this is the answer."""

    verdict: GuardVerdict
    category: Category | None = None
    rule: str = ""
    sure: bool = True


PASSED = Judgement(GuardVerdict.PASS)
