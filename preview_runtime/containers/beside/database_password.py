"""The password of a project's database: derived when it is needed, and never given to the database itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

_ITERATIONS: Final = 4096  # PostgreSQL's own default; the password has 256 bits, so guessing need not be slowed down


def password(secret: bytes, instance: str, project: str) -> str:
    """43 characters, the same as long as `secret`, this Sayso's own, is the same."""
    return _text(hmac.digest(secret, f"database\0{instance}\0{project}".encode(), "sha256")).rstrip("=")


def verifier(text: str) -> str:
    """The verifier that PostgreSQL stores in place of the password `text` (SCRAM-SHA-256, RFC 5803); it gives no access
    by itself.

    The salt is derived from the password, so that the same password has the same verifier.
    """
    salt = hashlib.sha256(b"salt\0" + text.encode()).digest()[:16]
    salted = hashlib.pbkdf2_hmac("sha256", text.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def _text(value: bytes) -> str:
    # Every character may be used in a URL unescaped.
    return base64.urlsafe_b64encode(value).decode()
