"""What a value in a text is called: read backwards from it, past whatever only carries it, to the name that it is given to.

`KEY = "…"`, `key: str = SecretStr("…")`, `os.environ.get("KEY", "…")`, `{name: "KEY", value: "…"}`, `<add key="KEY" value="…">`,
`keys: {shop: "…"}`, `jwt.sign(claims, "…")` are all the same to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from builder.safety.leaks.names import meaning
from builder.safety.leaks.tokens import path_before, tokens_before

_MOST_LINES: Final = 10
# What only carries a value, says what type it is, or turns it into another form.
_NEUTRAL: Final = frozenset((
    "b", "r", "f", "u", "rb", "br", "fr", "l", "c", "x", "s", "str", "string", "bytes", "byte", "char", "const", "let", "var", "val", "final", "static", "export", "default", "value", "values",
    "data", "content", "contents", "text", "literal", "private", "protected", "internal", "readonly", "optional", "some", "none", "new", "raw", "fromhex", "unhexlify", "b64decode", "decode",
    "encode", "utf8", "utf", "latin", "ascii", "buffer", "from", "atob", "btoa", "base64", "hex", "env", "environ", "getenv", "fetch", "get", "set", "setdefault", "process", "os", "config",
    "field", "secretstr", "secretbytes", "union", "annotated", "required", "cast", "tostring", "trim", "strip", "lower", "upper", "replace", "format", "concat", "lateinit", "by", "lazy",
    "define", "defined", "return", "self", "this", "option", "flag", "argument", "add_argument", "help", "dest", "nargs", "or", "and", "if", "else", "then", "null", "undefined", "true", "false",
    "any", "object", "array", "list", "dict", "map", "of", "is", "as", "in", "add", "append", "push", "put", "property", "entry", "param", "parameter", "arg", "stringvar", "setx", "cstr",
    "strdup", "uint8array", "textencoder", "bytearray", "fromstring", "fromutf8string", "nsstring", "setenv", "putenv", "def", "function", "initial", "init_value", "freeze", "public", "void",
    "reverse", "reversed", "strrev", "auto", "type", "short", "frombase64string", "convertto-securestring", "asplaintext", "force", "getbytes", "encoding", "json", "parse", "stringify", "dumps",
    "loads", "static_cast", "str_to_bytes", "unwrap_or", "unwrap_or_else", "into", "to_string", "string_view",
))  # fmt: skip
_ENDS_STATEMENT: Final = frozenset(("return", "if", "else", "then", "and", "is", "in"))
_CARRIES: Final = frozenset(("value", "default", "content", "data"))
_GOES_ON: Final = ("=", "(", ":", "[", "{", ",", "+", "\\", "|", "?", ">", "&")
_DEFINES: Final = re.compile(r"\s*(?:#\s?define|define|setx?|export|env|arg|declare|local)\b", re.IGNORECASE)
_OPERATORS: Final = frozenset("=:(>[,{+|?")
_NAME: Final = re.compile(r"[\w$][\w$.:-]{0,79}")
_ENDS_WITH_NAME: Final = re.compile(
    r"([A-Za-z_][\w.-]{1,60})[\"']?\s{0,3}(?:[=:]|\bis\b)?\s{0,3}[\"']?(?:Bearer|Basic|Token)?\s{0,3}\Z"
)
_OWNER: Final = re.compile(
    r"([\w$-]{1,60})[\"'`]?\]?\s{0,4}(?::\s{0,3}[\w<>\[\], |.]{1,60}?)?\s{0,4}(?:=>|[=:(])?\s{0,6}(?:new )?(?:[\w.]{1,30}\()?\s{0,6}\Z"
)
_SIGNS: Final = re.compile(
    r"(?i)^(?:jwt|jws|jose|hmac|sign(?:er|ature|ed\w*)?|sign_?jwt|verify\w*|encrypt\w*|decrypt\w*|fernet|\w*serializer|create_?(?:hmac|cipher(?:iv)?|decipher(?:iv)?|secret_?key)|cookie_?parser|cookie_?session|secret_?key_?spec|hs256|aes\w*|basic_?auth|authenticate"
    r"|bearer_?auth|set_?(?:api_?)?(?:key|token|secret)|with_?(?:api_?)?(?:key|token|secret)|\w*api_?key|auth(?:orize)?|symmetricsecuritykey|construct_?event|totp|new_?private_?key\w*|private_?key_?to_?account|from_?key|wallet|compare_?digest|timing_?safe_?equal)$"
)
_PEOPLE: Final = re.compile(r"(?i)basic_?auth|htpasswd|credentials$|logins$")
_CRYPTIC: Final = re.compile(r"(?i)(?:jwt|jose|jws|hmac|crypto\w*|cipher|aes|signer|itsdangerous|wallet)[.:-]")
_CONNECTS: Final = re.compile(
    r"(?i)^(?:\w*client|init(?:ialize|ialise)?|configure|setup|login|connect|\w*sdk|\w*bot|\w*api|create\w*|use\w*client|make\w*client|run|setAuth|\w*auth\w*|\w*credentials?\w*)$"
)


@dataclass(frozen=True, slots=True)
class Label:
    """`said`: see `names.meaning`; besides, `signs` (it is an argument of what signs or encrypts) and `connects` (of what makes
    a client). `name`: by what it is called. `given`: something gives it to the name, and not only stands beside."""

    said: str
    name: str
    given: bool = True


def label_of(text: str, at: int) -> Label:
    """Of the value that begins at `at`, its quotation mark included. Reads at most 320 characters."""
    label = _Reader(text).read(at)
    if label.given or not label.said:
        return label
    return replace(label, given=_DEFINES.match(text, text.rfind("\n", 0, at) + 1) is not None)


@dataclass
class _Reader:
    text: str
    unknown: str = ""
    """The name that it is given to, which says nothing by itself."""
    siblings: list[str] = field(default_factory=list)
    commas: int = 0
    depth: int = 0
    lines: int = 0
    direct: bool = True
    called: bool = False
    """The next name is that of a call."""
    given: bool = False
    halts: bool = False
    carried: bool = False

    def read(self, at: int) -> Label:
        for kind, token, place in tokens_before(self.text, at):
            if kind == "\n":
                if self._ends(place):
                    break
                continue
            self.given = self.given or kind in _OPERATORS
            if kind in ")}]" or (self.depth and kind in "({["):
                if kind == "}" and not self.depth and not self.commas:
                    break  # the end of a block of code
                self.depth += 1 if kind in ")}]" else -1
                continue
            if self.depth:
                continue
            if kind == ";" or (kind == "<" and self.unknown):
                break
            found = self._of(kind, token, place)
            if found is not None:
                return found
        said = self._beside()
        return said if said else Label("", self.unknown, self.given)

    def _ends(self, place: int) -> bool:
        self.lines += 1
        if self.lines > _MOST_LINES or (self.halts and not self.unknown):
            return True
        if self.unknown or self.siblings or self.carried:
            return False
        return self.text[max(0, place - 80) : place].rstrip()[-1:] not in _GOES_ON

    def _of(self, kind: str, token: str, place: int) -> Label | None:
        if kind in "({[":
            return self._leaves(kind, place)
        if kind == ",":
            self.commas += 1
            self.direct = False
        elif kind == "name":
            return self._call(token, place) if self.called else self._named(token, place)
        elif kind == '"':
            return self._written(token)
        return None

    def _leaves(self, kind: str, place: int) -> Label | None:
        """It stands within what opens here."""
        self.called = self.called or kind == "("
        if kind == "(" and self.direct:
            return None
        if kind != "(" and not self.unknown and not self.siblings:
            self.direct = True
        if found := self._beside(kind):
            return found
        owner = _OWNER.search(self.text, max(0, place - 140), place) if kind in "{[" else None
        if owner is None:
            return None
        whole = f"{owner[1]}_{self.unknown}" if self.unknown else owner[1]
        said = meaning(whole)
        if said != "none" and meaning(owner[1]) in ("secret", "password"):
            said = meaning(owner[1])
        return Label(said, whole) if said or not self.unknown else self._above(place)

    def _call(self, token: str, place: int) -> Label | None:
        self.called = False
        if found := self._beside():
            return found
        if self.unknown:
            return Label("", self.unknown)
        whole = path_before(self.text, place) + token
        if token.lower() in _NEUTRAL and not _CRYPTIC.match(whole):
            if self.commas:
                return Label("", "")
            self.direct = True
            return None
        if _SIGNS.match(token) or _CRYPTIC.match(whole):
            return Label("signs", whole)
        said = meaning(token)
        if said in ("secret", "password"):
            return Label(said, whole)
        beside = self.text[place + len(token) : place + len(token) + 1] == "("
        return Label("connects" if beside and (_CONNECTS.match(token) or token[:1].isupper()) else "", whole)

    def _named(self, token: str, place: int) -> Label | None:
        if token.lower() in _NEUTRAL:
            self.halts = self.halts or token in _ENDS_STATEMENT
            self.carried = self.carried or token.lower() in _CARRIES
            return None
        if not self.direct or self.unknown:
            return None
        if found := self._decided(token, path_before(self.text, place)):
            return found
        self.unknown, self.direct = token, False
        return None

    def _written(self, token: str) -> Label | None:
        """A string before it: the name of an entry, the beginning of what is put together, or something beside."""
        if not self.direct or self.unknown:
            if _NAME.fullmatch(token.lstrip("-")):
                self.siblings.append(token.lstrip("-"))
            return None
        name = _name_at_end(token)
        if name.lower() in _NEUTRAL and name:
            self.carried = self.carried or name.lower() in _CARRIES
            return None
        self.direct = False
        if name and (found := self._decided(name, "")):
            return found
        self.unknown = name
        return None

    def _decided(self, name: str, path: str) -> Label | None:
        said = meaning(name)
        if said in ("secret", "password", "none"):
            return Label(said, name, self.given)
        whole = meaning(f"{path}{name}") if path else said
        if whole == "none":
            whole = said
        return Label(whole, path + name, self.given) if whole else None

    def _beside(self, kind: str = "") -> Label | None:
        """The name beside: `("KEY", "…")`, `name: "KEY", value: "…"`."""
        if self.unknown or not self.siblings:
            return None
        for name in self.siblings[: 3 if self.carried else 1]:
            said = meaning(name)
            if said:
                given = self.carried or (len(self.siblings) == 1 and kind != "[")
                return Label(said, name, given) if said in ("secret", "password") else None
        return None

    def _above(self, at: int) -> Label:
        """What the object around the object is called, to a depth of two."""
        for _ in range(2):
            at = _opening(self.text, at)
            if at < 0:
                break
            owner = _OWNER.search(self.text, max(0, at - 140), at)
            if owner is None:
                continue
            if _PEOPLE.search(owner[1]):
                return Label("password", self.unknown)  # basicAuth({users: {name: "…"}})
            if meaning(owner[1]) in ("secret", "password"):
                return Label(meaning(f"{owner[1]}_{self.unknown}"), self.unknown)
        return Label("", self.unknown)


def _opening(text: str, at: int) -> int:
    """Where the bracket around `at` opens, -1 where it does so too far away."""
    depth = 0
    for place in range(at - 1, max(0, at - 500) - 1, -1):
        if text[place] in "})]":
            depth += 1
        elif text[place] in "{([":
            if not depth:
                return place
            depth -= 1
    return -1


def _name_at_end(content: str) -> str:
    """The name that a string is, or ends with: `X-API-Key`, `https://…?api_key=`, `Authorization: Bearer `."""
    if _NAME.fullmatch(content):
        return content
    found = _ENDS_WITH_NAME.search(content[-80:])
    return found[1] if found and content[-1:] in "=: " and content.rstrip()[-1:] in "=:rcn" else ""
