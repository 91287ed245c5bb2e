"""Takes secrets out of what is sent to a model."""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "[hidden]"

# Every pattern takes time linear in the text: this runs over files of megabytes that strangers wrote.
# Shapes that are a secret wherever they stand (the providers' own documentation of their key formats).
_KEYS: Final = re.compile(
    r"sk-ant-[\w-]{16,}|sk-(?:proj-)?[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{35}|xox[abprs]-[\w-]{10,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{36}"
    r"|glpat-[\w-]{20,}|(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?!-----BEGIN )[\s\S])*?-----END [A-Z ]*PRIVATE KEY-----"
)
# A long literal given to something that is called a secret.
_NAMED: Final = re.compile(
    r"(?P<name>(?:api[_-]?key|secret|token|passw(?:or)?d|credential)[\w-]{0,60}[\"']?\s{0,20}[:=]\s{0,20}[\"'])(?P<value>[^\"'\s]{12,})(?=[\"'])",
    re.IGNORECASE,
)
_ENV_LINE: Final = re.compile(
    r"^(?P<name>[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=[ \t]*)(?P<value>\S.*)$", re.MULTILINE
)


def is_environment(path: str) -> bool:
    """Whether a file holds settings of the environment: `.env`, `.env.local`, but not `.env.example`."""
    name = path.rpartition("/")[2]
    return name == ".env" or (name.startswith(".env.") and not name.endswith((".example", ".sample", ".template")))


def without_secrets(path: str, text: str) -> str:
    """`text` with the values of secrets replaced; of an environment file every value."""
    if is_environment(path):
        return _ENV_LINE.sub(lambda match: match["name"] + HIDDEN, text)
    text = _KEYS.sub(HIDDEN, text)
    return _NAMED.sub(lambda match: match["name"] + HIDDEN, text)


def hides_something(path: str, text: str) -> bool:
    """Whether the model sees less than the file holds, so that it must not rewrite the file whole."""
    return without_secrets(path, text) != text
