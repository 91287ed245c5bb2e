"""Reads JSON as it arrives and tells a `Reader` what is there.

Nearly all of an answer is text: it is found by one regular expression and decoded by CPython's JSON scanner; everything
else (keys, brackets, words) is small and goes through a plain state machine. An escape that a piece cuts in two is held
back until it is whole, so no half character is ever shown.

More lenient than RFC 8259 where only one thing can be meant, and then with a note: an escape that JSON does not have is a
backslash and its character; a comma before a closing bracket, comments, strings in single quotes or backticks, keys
without quotes, a missing comma behind a bracket and Python's words are taken for what they are. A raw control character inside a string is taken as it is,
because a model that forgets to escape a line break can only have meant a line break.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from json import decoder
from typing import Any, Final, Protocol


class JsonFault(ValueError):
    """The text cannot be read. `offset` counts characters fed; `message` says what is wrong there."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(f"{message} (character {offset:,})")
        self.offset = offset
        self.message = message


class WrongRoot(ValueError):
    """Raised by a `Reader`: the outermost value is none of those it reads."""


class ExactNumber(float):
    """A number that is no whole one. `written` is how it stood there, to the character: 1.0, 1e400."""

    written: str

    def __new__(cls, written: str) -> ExactNumber:
        number = super().__new__(cls, written)
        number.written = written
        return number


class Reader(Protocol):
    """Who is told what stands there, in order."""

    def begin(self, bracket: str) -> None:
        """An object ("{") or an array ("[") begins."""

    def end(self) -> None:
        """The innermost of them ends."""

    def key(self, name: str) -> None:
        """The name of the value that comes next."""

    def value(self, value: Any) -> None:
        """A text, a number, true, false or null."""

    def text_begins(self) -> bool:
        """Whether the text that begins is wanted piece by piece; it is then no `value`."""

    def piece(self, text: str) -> None:
        """The next characters of such a text, decoded."""

    def text_ends(self, parts: list[str]) -> None:
        """Such a text is complete; `parts` are all of its pieces."""

    def note(self, remark: str) -> None:
        """Something is odd, and was understood."""


# The longest run of a string's content that is decided: plain characters, whole escapes, whole surrogate pairs.
# One pass: nothing follows that could make it go back. Group 1 has matched where there was an escape. Its repetition is
# not possessive, as Python before 3.11.5 then loses its place (gh-101955).
_BODY: Final = re.compile(
    r'[^"\\\ud800-\udfff]*+'
    r'(?:(\\)(?:["\\/bfnrt]|u(?:[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?![dD][89a-fA-F])[0-9a-fA-F]{4}))'
    r'[^"\\\ud800-\udfff]*+)*'
)
match_body: Final = _BODY.match
# scan_string(text, start, strict) -> (decoded, end): written in C, public in json.decoder but absent from typeshed.
scan_string: Final[Callable[[str, int, bool], tuple[str, int]]] = decoder.scanstring  # type: ignore[attr-defined]
# The same between other quotes, without its escapes: those go one by one.
_PLAIN: Final = {quote: re.compile(rf"[^{quote}\\\ud800-\udfff]*+") for quote in "'`”’"}
# What ends a string that one of these begins.
_QUOTES: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’"}
# What a backslash stands before only because of the quote around: '\'' and `\`${x}\``.
_OWN_ESCAPES: Final = {'"': "", "'": "'", "`": "`$", "”": '“”"', "’": "‘’'"}
_KNOWN_ESCAPES: Final = '"\\/bfnrtu'
_RAW_HIGH: Final = frozenset(map(chr, range(0xD800, 0xDC00)))
_RAW_LOW: Final = frozenset(map(chr, range(0xDC00, 0xE000)))
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_SPACE: Final = re.compile(r"[\s\ufeff\u200b\u2060]*+")
_WORD: Final = re.compile(r"[-+.0-9A-Za-z_$]*+")
_WORD_BEGINS: Final = re.compile(r"[-+.0-9A-Za-z_$]")
_NAME: Final = re.compile(r"[A-Za-z_$][\w$-]*", re.ASCII)
_WHOLE_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}
_FOREIGN_WORDS: Final = {
    **{"True": True, "False": False, "None": None, "undefined": None},
    **dict.fromkeys(("NaN", "Infinity", "+Infinity", "-Infinity")),
}
_FOREIGN_NUMBER: Final = re.compile(r"\+?(-?)(?:(0[xX][0-9a-fA-F]+)|(0|[1-9][0-9]*)?(?:\.([0-9]*))?([eE][-+]?[0-9]+)?)")
_MAX_DEPTH: Final = 64
_COMMENTS: Final = "Comments stand between the values."

# What the next structural character may be.
VALUE, KEY, FIRST_KEY, COLON, COMMA, FIRST_VALUE, DONE, ROOT = range(8)
# What the string or word that is being read is for.
NOTHING, IS_KEY, IS_VALUE, IS_STREAMED, IS_WORD, IS_NAME = range(6)

_UNEXPECTED: Final = {
    VALUE: "A value is missing",
    FIRST_VALUE: "A value is missing",
    KEY: "A name in double quotes is missing",
    FIRST_KEY: "A name in double quotes is missing",
    COLON: "A colon is missing",
    COMMA: "A comma or a closing bracket is missing",
    DONE: "There is text after the end",
    ROOT: "This is not a JSON object",
}


class JsonScanner:
    """`feed` any split of a JSON text; the reader hears the same up to how a streamed text is cut.

    Several values may stand one after the other. `characters` counts those fed. Raises `JsonFault`.
    """

    def __init__(self, reader: Reader) -> None:
        self.characters = 0
        self._reader = reader
        self._looked_again = 0
        self._base = 0
        self._root_at = 0
        self._at = 0
        self._open: list[str] = []
        self._next = ROOT
        self._reading = NOTHING
        self._parts: list[str] = []
        self._quote = '"'
        self._escape = ""
        self._comment = ""
        self._after_bracket = False
        self._ended = False
        self._in_root = False
        self._just_ended = False

    @property
    def complete(self) -> bool:
        """Whether a value has ended and none has begun since."""
        return self._ended and not self._in_root

    def read(self, chunk: str) -> None:
        """Read on. Raises `JsonFault`."""
        self._base = self.characters
        self.characters += len(chunk)
        position, size = 0, len(chunk)
        if self._escape and chunk:
            position = self._read_escape(chunk, 0)
        while position < size:
            if self._reading == NOTHING:
                position = self._read_structure(chunk, position)
            elif self._reading in (IS_WORD, IS_NAME):
                position = self._read_word(chunk, position)
            else:
                position = self._read_string(chunk, position)
            if self._just_ended:
                self._just_ended = False
                self._root_ended(self._base + position)

    def _root_ended(self, end: int) -> None:
        """An outermost value is complete; `end` counts characters."""

    def _fault(self, position: int, message: str) -> JsonFault:
        return JsonFault(self._base + position, message)

    # Strings

    def _string_begins(self, quote: str, reading: int) -> None:
        if quote != '"':
            self._reader.note("Strings stand in other quotes than double ones.")
        self._quote, self._reading = _QUOTES[quote], reading

    def _read_string(self, chunk: str, position: int) -> int:
        decoded = self._quote == '"'
        match = match_body(chunk, position) if decoded else _PLAIN[self._quote].match(chunk, position)
        end = match.end()  # type: ignore[union-attr]  # every part may be empty: it always matches
        if end > position:
            text = chunk[position:end]
            if decoded and match.lastindex:  # type: ignore[union-attr]
                self._looked_again += end - position
                text = scan_string(text + '"', 0, False)[0]
            self._take(text)
        if end == len(chunk):
            return end
        if chunk[end] != self._quote:
            return self._read_escape(chunk, end)
        self._at = self._base + end
        self._string_ended()
        return end + 1

    def _read_escape(self, chunk: str, position: int) -> int:
        """Goes on with an escape (or a pair of raw surrogates) one character at a time: at most twelve."""
        escape = self._escape
        while position < len(chunk):
            character = chunk[position]
            if len(escape) == 1 and character in _OWN_ESCAPES[self._quote]:
                self._escape = ""
                self._take(character)
                return position + 1
            if not _may_follow(escape, character):
                self._at = self._base + position
                if escape in ("\\", "\\u"):
                    # A regular expression, a path, a dollar sign: one backslash where JSON wants two.
                    self._escape = ""
                    self._looked_again += len(escape)
                    self._reader.note("Escapes that JSON does not have are kept, backslash and character.")
                    self._take(escape)
                    return position
                start = position - len(escape)
                if _is_high(escape) or character in _RAW_LOW or _is_low_escape(escape + character):
                    raise self._fault(start, "Half a surrogate pair")
                raise self._fault(start, "An escape that JSON does not have: \\u without four hexadecimal digits")
            escape += character
            position += 1
            if _is_whole(escape):
                self._looked_again += len(escape)
                self._escape = ""
                self._take(_decode(escape))
                return position
        self._escape = escape
        return position

    def _take(self, text: str) -> None:
        self._parts.append(text)
        if self._reading == IS_STREAMED:
            self._reader.piece(text)

    def _string_ended(self) -> None:
        reading, parts = self._reading, self._parts
        self._reading, self._parts = NOTHING, []
        if reading == IS_STREAMED:
            self._next = COMMA
            self._reader.text_ends(parts)
        elif reading == IS_KEY:
            self._next = COLON
            self._reader.key("".join(parts))
        else:
            self._ends(lambda: self._reader.value("".join(parts)))

    # Structure

    def _read_structure(self, chunk: str, position: int) -> int:
        if self._comment:
            return self._read_comment(chunk, position)
        expected = self._next
        if expected in (ROOT, DONE):
            return self._between(chunk, position)
        position = after_space(chunk, position)
        if position == len(chunk):
            return position
        character = chunk[position]
        self._at = self._base + position
        if character in "/#":
            self._comment_begins(character)
        elif expected == COMMA and character == ",":
            self._after_bracket = False
            self._next = KEY if self._open[-1] == "{" else VALUE
        elif expected == COLON and character == ":":
            self._next = VALUE
        elif expected == COMMA and self._after_bracket and character == ('"' if self._open[-1] == "{" else "{"):
            # Behind a bracket only the next name, or the next object; behind a text it may be a part of that.
            self._reader.note("A comma is missing.")
            self._next, self._after_bracket = KEY if character == '"' else VALUE, False
            return position
        elif expected in (KEY, FIRST_KEY) and character in _QUOTES:
            self._string_begins(character, IS_KEY)
        elif self._closes(character):
            self._open.pop()
            self._after_bracket = True
            self._ends(self._reader.end)
        elif expected in (VALUE, FIRST_VALUE):
            return self._read_value(character, position)
        elif expected in (KEY, FIRST_KEY) and _NAME.match(character):
            self._reader.note("Names stand without quotes.")
            self._reading = IS_NAME
            return position
        else:
            raise self._fault(position, _UNEXPECTED[expected])
        return position + 1

    def _closes(self, character: str) -> bool:
        expected, inside = self._next, self._open[-1]
        if (inside, character) not in (("{", "}"), ("[", "]")):
            return False
        trailing = expected == KEY or (expected == VALUE and inside == "[")
        if trailing:
            self._reader.note("A comma stands before a closing bracket.")
        return trailing or expected in (COMMA, FIRST_KEY if inside == "{" else FIRST_VALUE)

    def _between(self, chunk: str, position: int) -> int:
        """Before, between and after the outermost values."""
        position = after_space(chunk, position)
        if position == len(chunk):
            return position
        character = chunk[position]
        if character in "{[" or (character == '"' and self._next == ROOT):
            self._root_begins(character, position)
        elif character in "/#":
            self._comment_begins(character)
        elif not (character == "," and self._next == DONE):
            raise self._fault(position, _UNEXPECTED[self._next])
        return position + 1

    def _root_begins(self, character: str, position: int) -> None:
        self._root_at, self._in_root = self._base + position, True
        if character in "{[":
            self._begin(character)
        else:
            self._string_begins(character, IS_VALUE)

    def _start_over(self) -> None:
        """The outermost value that was begun is none."""
        self._open, self._parts = [], []
        self._reading, self._escape, self._comment = NOTHING, "", ""
        self._next, self._in_root = DONE if self._ended else ROOT, False

    def _comment_begins(self, mark: str) -> None:
        self._comment = mark
        if mark == "#":
            self._reader.note(_COMMENTS)

    def _read_comment(self, chunk: str, position: int) -> int:
        """Goes on with a comment; `_comment` is what it began with, and "/**" once a star may be its last."""
        comment = self._comment
        if comment == "/":
            self._at = self._base + position
            if chunk[position] not in "/*":
                raise self._fault(position - 1, _UNEXPECTED[self._next])
            self._comment = comment + chunk[position]
            self._reader.note(_COMMENTS)
            return position + 1
        if comment in ("#", "//"):
            end = chunk.find("\n", position)
            if end < 0:
                return len(chunk)
            self._comment = ""
            return end + 1
        if comment == "/**" and chunk[position] == "/":
            self._comment = ""
            return position + 1
        end = chunk.find("*", position)
        self._comment = "/*" if end < 0 else "/**"
        return len(chunk) if end < 0 else end + 1

    def _read_value(self, character: str, position: int) -> int:
        if character in _QUOTES:
            self._string_begins(character, IS_STREAMED if self._reader.text_begins() else IS_VALUE)
        elif character in "{[":
            if len(self._open) >= _MAX_DEPTH:
                raise self._fault(position, "Nested too deeply")
            self._begin(character)
        elif _WORD_BEGINS.match(character):
            self._reading = IS_WORD
            return position
        else:
            raise self._fault(position, _UNEXPECTED[VALUE])
        return position + 1

    def _begin(self, bracket: str) -> None:
        self._open.append(bracket)
        self._next, self._after_bracket = FIRST_KEY if bracket == "{" else FIRST_VALUE, False
        try:
            self._reader.begin(bracket)
        except WrongRoot:
            raise JsonFault(self._root_at, _UNEXPECTED[ROOT]) from None

    def _ends(self, tell: Callable[[], None]) -> None:
        """A value is complete."""
        self._next = COMMA if self._open else DONE
        try:
            tell()
        except WrongRoot:
            raise JsonFault(self._root_at, _UNEXPECTED[ROOT]) from None
        if not self._open:
            self._ended, self._in_root, self._just_ended = True, False, True

    def _read_word(self, chunk: str, position: int) -> int:
        end = _WORD.match(chunk, position).end()  # type: ignore[union-attr]  # may be empty: it always matches
        self._looked_again += end - position
        self._parts.append(chunk[position:end])
        if end < len(chunk):
            word, reading = "".join(self._parts), self._reading
            self._at = self._base + end
            self._reading, self._parts = NOTHING, []
            if reading == IS_NAME:
                self._next = COLON
                self._reader.key(word)
            else:
                value = self._meaning(word, end)
                self._ends(lambda: self._reader.value(value))
        return end

    def _meaning(self, word: str, end: int) -> Any:
        if word in _WORDS:
            return _WORDS[word]
        if word in _FOREIGN_WORDS:
            self._reader.note(f"{word} was read as JSON's word for it.")
            return _FOREIGN_WORDS[word]
        if len(word) <= 100 and not _NUMBER.fullmatch(word) and (number := _json_number(word)):
            self._reader.note(f"{word} was read as the number {number}.")
            word = number
        if len(word) > 100 or not _NUMBER.fullmatch(word):
            raise self._fault(end - len(word), "Neither text, a number, true, false nor null")
        return int(word) if _WHOLE_NUMBER.fullmatch(word) else ExactNumber(word)


def after_space(text: str, position: int) -> int:
    """Where the white space at `position` ends."""
    return _SPACE.match(text, position).end()  # type: ignore[union-attr]  # may be empty: it always matches


def _is_high(escape: str) -> bool:
    return escape in _RAW_HIGH or (len(escape) >= 6 and escape[2] in "dD" and escape[3] in "89abAB")


def _is_low_escape(escape: str) -> bool:
    return len(escape) == 6 and escape[2] in "dD" and escape[3] in "cdefCDEF"


def _may_follow(escape: str, character: str) -> bool:
    """Whether an escape that begins with `escape` can go on with `character`."""
    place = len(escape)
    if place == 0:
        return character == "\\" or character in _RAW_HIGH
    if escape in _RAW_HIGH:
        return character in _RAW_LOW
    if place == 1:
        return character in _KNOWN_ESCAPES
    if place in (6, 7):
        return character == "\\u"[place - 6]
    if place == 8:
        return character in "dD"
    if place == 9:
        return character in "cdefCDEF"
    return character in _HEX and not (place == 5 and _is_low_escape(escape + character))


def _json_number(word: str) -> str:
    """A number of JavaScript (+1, .5, 5., 0x1F) as JSON writes it; "" where it is none."""
    found = _FOREIGN_NUMBER.fullmatch(word)
    if not found or not any(map(str.isdigit, word)):
        return ""
    sign, base_16, whole, fraction, power = found.groups()
    if base_16:
        return f"{sign}{int(base_16, 16)}"
    return f"{sign}{whole or '0'}" + (f".{fraction or '0'}" if fraction is not None else "") + (power or "")


def _is_whole(escape: str) -> bool:
    if escape[0] != "\\":
        return len(escape) == 2
    if len(escape) == 6:
        return not _is_high(escape)
    return len(escape) == 12 or (len(escape) == 2 and escape[1] != "u")


def _decode(escape: str) -> str:
    if escape[0] != "\\":
        return escape.encode("utf-16", "surrogatepass").decode("utf-16")
    return scan_string(escape + '"', 0, False)[0]
