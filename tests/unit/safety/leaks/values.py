"""Values that look as keys do, made anew from a seed: none of them was ever anybody's, and none stands in this repository."""

from __future__ import annotations

import base64
import json
import re
import string
from random import Random
from typing import Final

_ALPHABETS: Final = {
    "hex": "0123456789abcdef",
    "alnum": string.ascii_letters + string.digits,
    "lower": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + "234567",
    "word": string.ascii_letters + string.digits + "-_",
    "b64": string.ascii_letters + string.digits + "+/",
    "digits": "123456789",
    "strong": string.ascii_letters + string.digits + "!#%*+?^~",
}
_MARK: Final = re.compile(r"«(\w+):?(\d*)»")


def filled(text: str, seed: int) -> str:
    """`text` with every «alphabet:length» replaced by that many characters of the alphabet; «jwt», «anon», «uuid», «pem», «enc» (a key in base64)
    are what they are called. The same mark twice gives two values."""
    random = Random(seed)  # made to be seen

    def made(mark: re.Match[str]) -> str:
        kind, size = mark[1], int(mark[2] or 0)
        if kind in ("jwt", "anon", "service"):
            claims = {
                "iss": "app",
                "role": {"jwt": "user", "anon": "anon", "service": "service_role"}[kind],
                "n": random.random(),
            }
            parts = [{"alg": "HS256", "typ": "JWT"}, claims]
            return ".".join([*(_b64(json.dumps(part).encode()) for part in parts), some("word", 43)])
        if kind == "enc":
            return _b64(f"sk_live_{some('alnum', 24)}".encode())
        if kind == "uuid":
            return "-".join(some("hex", length) for length in (8, 4, 4, 4, 12))
        if kind == "pem":
            return "\n".join(some("b64", 64) for _ in range(size or 6))
        return some(kind, size)

    def some(alphabet: str, size: int) -> str:
        return "".join(random.choice(_ALPHABETS[alphabet]) for _ in range(size))

    return _MARK.sub(made, text)


def _b64(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")
