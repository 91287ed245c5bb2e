"""Whether what is known of a package holds for the version that is asked for."""

from __future__ import annotations

import re
from functools import lru_cache

import semantic_version


@lru_cache(maxsize=1024)
def fits(asked: str, version: str) -> bool:
    """Whether what is known of `version` holds for what a package.json asks for."""
    if asked in ("latest", "*", "", "x"):
        return True
    try:
        spec, known = semantic_version.NpmSpec(asked), semantic_version.Version(version)
    except ValueError:
        return False
    if known in spec:
        return True
    digits = re.match(r"[\^~>=v\s]*(\d+)(?:\.(\d+))?", asked)
    if digits is None:
        return False
    major, minor = int(digits[1]), int(digits[2] or 0)
    return (known.major == major and major > 0) or (known.major == major == 0 and known.minor == minor)
