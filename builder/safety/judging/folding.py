"""Text as the guard compares it: look-alikes, invisible characters, accents and encodings are taken away."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

MOST_TURNED: Final = 4_000
"""Characters up to which a text is read backwards and rotated by 13 as well."""
MOST_UNESCAPED: Final = 20_000
"""Characters up to which escapes, percent signs and entities of a text are taken out."""
MOST_DECODED: Final = 64
"""Encoded runs of a text that are decoded."""

INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Unicode's confusables (UTS #39), those of the letters a to z that other alphabets have.
_ALIKE: Final = (
    "аa вb гr еe зs кk мm нh оo рp сc тt уy хx ьb ԁd ԍg һh іi јj ӏl ԛq ѕs ԝw ѵv үy αa βb γy εe ηn ιi κk νv οo ρp τt υu "
    "χx ωw ıi ɑa ɡg ɩi ʋv օo սu ոn ցg հh ɪi ʀr ɴn ʟl ɢg ʏy ꜱs ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz øo łl đd"
)
# Capitals that look like other letters than their small ones.
_CAPITALS: Final = str.maketrans("ΝΗΥΡΧΜΖΒ", "NHYPXMZB")
_LATIN: Final = str.maketrans({pair[0]: pair[1] for pair in _ALIKE.split()})
_TAGS: Final = re.compile("[\U000e0020-\U000e007e]+")
_OF_TAGS: Final = {0xE0000 + sign: chr(sign) for sign in range(0x20, 0x7F)}
_OTHERS: Final = re.compile(r"[^\x00-\x7f]+")
_MOST_LETTERS: Final = 4
_UNSEEN: Final = re.compile(f"[{INVISIBLE}]+")
_INNER_APOSTROPHE: Final = re.compile(r"['’`´](?<=[a-z].)(?=[a-z])")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{20,4000}={0,2}")
_HEX: Final = re.compile(r"[0-9a-fA-F]{2}(?=[0-9a-fA-F :]{22})(?:[ :]?[0-9a-fA-F]{2}){11,2000}")
_ESCAPES: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")


class _Plain(dict[int, str]):
    """What each character is compared as, made when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        apart = unicodedata.normalize("NFKD", "" if _UNSEEN.match(sign) else sign).translate(_CAPITALS).casefold()
        plain = "".join(one for one in apart if not unicodedata.combining(one)).translate(_LATIN)
        # A ligature of many letters is a picture to people, and would make a text many times as long.
        made = self[code] = plain if len(plain) <= _MOST_LETTERS else " "
        return made


_PLAIN: Final = _Plain()


def fold(text: str) -> str:
    """`text` in small Latin letters without accents, invisible characters and apostrophes inside words."""
    if not text.isascii():
        text = _OTHERS.sub(lambda run: run[0].translate(_PLAIN), text)
    text = text.lower()
    return _INNER_APOSTROPHE.sub("", text) if "'" in text or "’" in text else text


def decoded(text: str) -> Iterator[str]:
    """What `text` says to whoever decodes it: base64, hexadecimal, escapes, entities; short texts turned as well."""
    for run, _ in zip(_BASE64.finditer(text), range(MOST_DECODED), strict=False):
        yield from _as_text(_of_base64(run[0]))
    for run, _ in zip(_HEX.finditer(text), range(MOST_DECODED), strict=False):
        digits = run[0].replace(" ", "").replace(":", "")
        yield from _as_text(bytes.fromhex(digits))
    if not text.isascii() and (tags := _TAGS.findall(text)):
        yield "".join(tags).translate(_OF_TAGS)
    if len(text) > MOST_UNESCAPED:
        return
    if "\\u" in text or "\\x" in text:
        yield _ESCAPES.sub(lambda sign: chr(int(sign[1] or sign[2], 16)), text)
    if _PERCENT.search(text):
        yield unquote(text)
    if "&" in text and _ENTITY.search(text):
        yield html.unescape(text)
    if len(text) <= MOST_TURNED:
        yield text[::-1]
        yield codecs.decode(text, "rot13")


def _of_base64(run: str) -> bytes:
    run = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(run[: len(run) // 4 * 4] if len(run) % 4 == 1 else run + "=" * (-len(run) % 4))
    except binascii.Error:
        return b""


def _as_text(raw: bytes) -> Iterator[str]:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    if " " in text and text.replace("\n", " ").isprintable():
        yield text
