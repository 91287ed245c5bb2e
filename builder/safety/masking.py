"""The one filter over everything that is logged: what could let somebody in, and people's addresses, are left out.

It looks for what has the form of a secret (`sanitising.shapes`), for what this process holds
(`builder.base.watching.known_secrets`), and for what a line of a log calls a secret: there even a weak one is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from builder.base.watching.known_secrets import without_held
from builder.safety.sanitising.secrets import HIDDEN, without_secrets

_PERSON: Final = "[e-mail]"
_Replace = Callable[[re.Match[str]], str]

_GIVEN: Final = r"\\?[\"']?\s{0,3}(?:=>|:=|[=:])\s{0,3}(?:b(?=[\"']))?"
"""What stands between a name and its value, in settings, JSON, Python and addresses."""
_PHRASE: Final = r"(?:passw(?:or)?d|passphrase|passcode|pwd|senha)"
_NAMES: Final = (
    r"(?:(?:api|access|account|private|secret|client|signing|encryption|service|master|license|sharedaccess)[_-]?key"
    r"|secret|token|credentials?|session[_-]?id|csrf|xsrf|ticket|code[_-]?verifier|recovery[_-]?code|otp|signature|jwt"
    r"|connection[_-]?string)"
)
_SUFFIX: Final = r"(?:[_-](?:value|text|b64|base64|key|raw|current|new|old|confirm|id))?(?![A-Za-z0-9])"
# What a line says of a secret, instead of the secret.
_STATES: Final = frozenset(
    re.findall(
        r"\w+",
        "is was the a an of for and or not no none null nil true false undefined empty missing required invalid valid"
        " expired wrong incorrect revoked unknown unset set ok given present absent too refused rejected accepted changed"
        " new old str string bool int bytes optional secretstr kind type read write bearer basic used unused needed denied"
        " sent hidden token",
    )
)
_WORDS: Final = re.compile(r"[a-z]{1,24}(?:[_-][a-z]{1,24}){0,3}|\d{1,5}|[A-Z][a-z]{1,16}")
_CHANGES: Final = re.compile(r"[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class _Rule:
    """Looked for where one of the `needles` is in the text, in small letters."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    replace: _Replace


def _rule(needles: str, pattern: str, replace: _Replace) -> _Rule:
    return _Rule(tuple(needles.split()) or ("",), re.compile(pattern, re.IGNORECASE), replace)


def _value(found: re.Match[str]) -> str:
    return found["keep"] + HIDDEN


def _named(found: re.Match[str]) -> str:
    """A value that is called a secret: kept where it is a word that says how it is."""
    value = found["value"].rstrip(".")
    if value == HIDDEN or value.lower() in _STATES or set(value) <= {"*", ".", "•", "x", "…"}:
        return found[0]
    return found["keep"] + HIDDEN


def _token(found: re.Match[str]) -> str:
    """As `_named`; a plain word or a small number is no token either."""
    if _WORDS.fullmatch(found["value"]):
        return found[0]
    return _named(found)


def _opaque(found: re.Match[str]) -> str:
    """A run that only chance writes: names change between small and capital letters seldom."""
    run = found[0]
    mixed = re.search("[a-z]", run) and re.search("[A-Z]", run) and re.search("[0-9]", run)
    return HIDDEN if mixed and len(_CHANGES.findall(run)) >= len(run) * 0.42 else run


_OPEN: Final = r"(?=\\?[\"'])\\?(?P<open>[\"'])"
_QUOTED: Final = r"(?P<value>[^\"'\\\n]{1,4000})"
_BARE: Final = r"(?P<value>[^\s\"'\\&,;()\[\]{}<>]{1,4000})"
_PHRASE_NEEDLES: Final = "passw pwd senha passcode passphrase"
_NAME_NEEDLES: Final = "secret token key credential session csrf xsrf ticket verifier code otp signature jwt connection"
_HEADER: Final = r"(?:\\?[\"']\s{0,3},\s{0,3}(?:b(?=[\"']))?|" + _GIVEN + r")\\?[\"']?"

_RULES: Final = (
    _rule(
        "authorization x-api-key x-auth-token x-goog-api-key api-key",
        rf"(?P<keep>(?:authorization|x-api-key|x-auth-token|x-goog-api-key|api-key){_HEADER}"
        r"(?:(?:basic|bearer|token|digest|negotiate|bot|apikey)[ ]{1,3})?)(?P<value>[^\s\"'\\,;(){}\[\]]{1,4000})",
        _named,
    ),
    _rule(
        "bearer basic",
        r"(?P<keep>(?<!\w)(?:bearer|basic)[ ]{1,3})(?P<value>(?=[a-z.~+/-]{0,80}\d)[\w.~+/-]{12,4000}={0,2})",
        _token,
    ),
    _rule(
        "cookie",
        rf"(?P<keep>cookies?{_HEADER}{{?\\?[\"']?)(?P<value>[^\s=:;,\"'\\]{{1,100}}\\?[\"']?\s{{0,2}}[=:][^\n\"]{{1,4000}})",
        _value,
    ),
    _rule("://", r"(?P<keep>://[^\s:/@\"'<>]{0,100}:)(?P<value>[^\s/\"'<>]{1,200})(?=@[\w\[])", _value),
    _rule("://", r"(?P<keep>://)(?P<value>[\w.-]{20,200})(?=@[\w\[])", _value),
    _rule(_PHRASE_NEEDLES, rf"(?P<keep>{_PHRASE}{_SUFFIX}{_GIVEN}{_OPEN}){_QUOTED}", _named),
    _rule(_PHRASE_NEEDLES, rf"(?P<keep>{_PHRASE}{_SUFFIX}{_GIVEN}){_BARE}", _named),
    _rule(_NAME_NEEDLES, rf"(?P<keep>{_NAMES}{_SUFFIX}{_GIVEN}{_OPEN}){_QUOTED}", _token),
    _rule(_NAME_NEEDLES, rf"(?P<keep>{_NAMES}{_SUFFIX}{_GIVEN}){_BARE}", _token),
    # In addresses, and on command lines.
    _rule(
        "key= code= sig= state= auth= credential= token=",
        rf"(?P<keep>[?&#](?:key|code|sig|state|auth|x-amz-(?:signature|credential|security-token))=){_BARE}",
        _value,
    ),
    _rule("--", rf"(?P<keep>(?<!\S)--(?:{_PHRASE}|token|secret|api-?key|auth)[ ]{{1,3}})(?P<value>[^\s\"'-][^\s\"']{{0,300}})", _named),
    _rule("-u", r"(?P<keep>(?<!\S)-u[ ]{0,2}[^\s:]{1,100}:)(?P<value>\S{1,300})", _value),
    _rule(
        "private key",
        r"(?P<keep>-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----)(?P<value>[A-Za-z0-9+/=\s\\:,.|-]{16,16384})",
        _value,
    ),
    _rule("@", r"(?P<keep>)(?<![\w.+@/-])(?!git@)[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?![\w-])", lambda _: _PERSON),
    _rule("", r"(?<![\w.-])[\w-]{32,200}(?![\w-])", _opaque),
)  # fmt: skip


def masked(text: str) -> str:
    """`text` as it may stand in a log. Takes time linear in its length."""
    text = without_secrets("", without_held(text, HIDDEN))
    small = text.lower()
    for rule in _RULES:
        if any(needle in small for needle in rule.needles):
            text = rule.pattern.sub(rule.replace, text)
    return text
