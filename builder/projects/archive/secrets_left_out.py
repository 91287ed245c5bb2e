"""Which files stay out of archives because they may hold secrets.

Vite puts every `VITE_` variable into the page it builds, so a `.env` file with nothing else is public by design and
part of the project. Any other `.env` file is left out, and so are an `.npmrc` with credentials and private keys.
"""

from __future__ import annotations

import re
from typing import Final

_ENV: Final = re.compile(r"(?:.*/)?\.env(?:\.[\w.-]+)?")
_ASSIGNMENT: Final = re.compile(r"^[^\S\n]*(?:export\s+)?([A-Za-z_][\w.]*)\s*=", re.MULTILINE)
_EXAMPLES: Final = (".example", ".sample", ".template")


def may_hold_secrets(path: str, content: str | bytes) -> bool:
    name = path.rpartition("/")[2]
    text = content if isinstance(content, str) else content.decode("latin-1")
    if _ENV.fullmatch(path) and not name.endswith(_EXAMPLES):
        return any(not variable.startswith("VITE_") for variable in _ASSIGNMENT.findall(text))
    if name == ".npmrc":
        return "_auth" in text or "_password" in text
    return "PRIVATE KEY-----" in text and name.endswith((".pem", ".key", "_rsa", "_ed25519", "_ecdsa"))
