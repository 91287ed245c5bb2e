"""Values that are called a secret: assignments, settings, arguments, headers, addresses with a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from builder.safety.leaks.innocent import entropy, is_mixed, is_plain
from builder.safety.leaks.providers import Suspect

# What follows is only compared where this is found.
_NAMED: Final = re.compile("key|secret|token|passw|passphrase|pwd|credential|senha|authorization|connection")
_KEYS: Final = re.compile(
    r"(?:api|access|auth|account|private|encryption|signing|master|service|license|admin|storage|shared|hmac|jwt|app|client|role|write|read)[_-]?\Z"
)
_STRINGS: Final = re.compile(r"[_-]?string")
# Cheap, and rules out most of the places where such a name stands in code.
_GIVEN: Final = re.compile(
    r"[\w-]{0,40}+\\?[\"'`]?[\])]?\s{0,8}+(?:[:,(]|=(?![=>])|>(?=[^<>\s]{8,200}</)|\|\||\?\?|or\b)"
)
_QUOTED: Final = re.compile(
    r"(?P<rest>[\w-]{0,40})\\?[\"'`]?\]?\s{0,8}(?:(?::\s{0,4}[\w.\[\]|&' ]{1,30}?\s{0,4})?(?::=|=>|=(?!=)|:))\s{0,8}(?:\[\s{0,8})?"
    r"(?:(?:process\.env|os\.environ|import\.meta\.env|env)[\w.\[\]\"'()]{0,60}\s{0,4}(?:\|\||\?\?|or)\s{0,4})?"
    r"(?:(?:Buffer\.from|(?:bytes\.|bytearray\.)?fromhex|(?:binascii\.)?unhexlify|(?:base64\.)?b64decode|atob|hexToBytes|\[\]byte)\(\s{0,4})?"
    r"(?:[rbuf]{1,2}(?=[\"']))?(?P<quote>\\?[\"'`])(?P<value>[^\"'`\\\s]{8,200})(?P=quote)"
)
# `os.environ.get("SECRET", "value")`, `process.env.SECRET || "value"`
_FALLBACK: Final = re.compile(
    r"(?P<rest>[\w-]{0,40})\\?[\"']?[\])]?\s{0,4}(?P<by>,|\|\||\?\?|\bor\b)\s{0,4}(?:default\s?=\s?)?(?P<quote>\\?[\"'`])(?P<value>[^\"'`\\\s]{8,200})(?P=quote)"
)
_ARGUMENT: Final = re.compile(r"\(\s{0,4}[\"'][\w$-]{0,40}\Z")
_CALLED: Final = re.compile(r"(?P<rest>\w{0,30})\(\s{0,4}(?P<quote>\\?[\"'`])(?P<value>[^\"'`\\\s]{8,200})(?P=quote)")
_BARE: Final = re.compile(
    r"(?P<rest>[\w-]{0,40})[ \t]{0,4}[:=][ \t]{0,4}(?P<value>[^\s\"'`,;{}\[\]()<>]{8,200})[ \t]{0,4}(?:#[^\n]*)?(?=\n|\r|\Z)"
)
_IN_ADDRESS: Final = re.compile(r"(?P<rest>[\w-]{0,20})=(?P<value>[A-Za-z0-9_\-.~%+/]{16,200}={0,2})(?=[&\"'`\s;#]|\Z)")
# `"Server=…;Password=value;…"` and `-H 'X-API-Key: value'`: a value within a string.
_ELEMENT: Final = re.compile(r"(?P<rest>[\w.-]{0,20})>(?P<value>[^<>\s\"'`${}]{8,200})(?=</)")
_IN_STRING: Final = re.compile(
    r"(?P<rest>[\w -]{0,20})(?:=(?P<value>[^\s;\"'`&<>{}$,()\[\]]{8,200})(?=;)|:[ ](?P<given>[\w.~+/=-]{16,200})(?=\\?[\"'`]))"
)
# Keys that cookies are signed with: `cookieParser("value")`, `keys: ["value"]`.
_COOKIES: Final = re.compile(
    r"(?:\bcookie_?parser\(|\bkeys\b[\"']?\s{0,4}[:=])\s{0,4}\[?\s{0,4}[\"'`](?P<value>[^\"'`\\\s]{16,200})[\"'`]",
    re.IGNORECASE,
)
_NAMES: Final = (
    "api_keys",
    "apikeys",
    "api-keys",
    "auth_tokens",
    "access_tokens",
    "access_keys",
    "secret_keys",
    "client_secrets",
    "admin_keys",
)
_CALLS: Final = ("jwt.", '"jwt', "serializer(", "signer(", "fernet(", "hmac.new(", "hmac(", "cipheriv(")
# What signs and encrypts is given its key without a name: `jwt.sign(claims, "value")`, `Fernet(b"value")`.
_SIGNS: Final = re.compile(
    r"(?:\bjwt\.(?:sign|verify|encode|decode)\([^\n]{1,160}?,\s{0,8}|(?:Serializer|Signer|\bFernet|\bhmac\.new|\bHMAC)\(\s{0,8}"
    r"|[\"'](?i:jwt)\w{0,20}[\"']\s{0,4}:\s{0,4}\{[^{}]{0,200}?[\"'](?i:key|secret)[\"']\s{0,4}:\s{0,8}|\bcreate(?:Hmac|Cipheriv|Decipheriv)\(\s{0,4}[\"'`][\w-]{2,16}[\"'`]\s{0,4},\s{0,4})"
    r"[bru]?[\"'`](?P<value>[^\"'`\\\s]{16,200})[\"'`]"
)
# `API_KEYS = {"shop": "value"}`; `btoa("name:value")`; `WITH PASSWORD 'value'`.
_SEVERAL: Final = re.compile(
    r"(?:api|access|auth|secret|admin|client)[_-]?(?:keys|tokens|secrets)\b[^\n={\[]{0,40}[=:]\s{0,4}[{\[]\s{0,20}"
    r"(?:[\"'][^\"'\n]{1,60}[\"']\s{0,4}:\s{0,4})?[\"'](?P<value>[^\"'\\\s]{16,200})[\"']",
    re.IGNORECASE,
)
_PASSWORDS: Final = re.compile(
    r"(?:(?:btoa|b64encode)\(\s{0,4}b?[\"'`][\w.@-]{1,40}:|\bpassword\s{1,4}(?='))'?(?P<value>[^\"'`\s$\\{}]{8,100})[\"'`]",
    re.IGNORECASE,
)
# A password by its place: `login("name", "value")`, `pass: "value"`, `hash_password("value")`, `curl -u name:value`.
_BY_PLACE: Final = re.compile(
    r"(?:\.login\(\s{0,8}[\"'][^\"'\n]{1,80}[\"']\s{0,4},\s{0,8}[\"']|\bpass[\"']?\s{0,4}:\s{0,4}[\"']|\bFTP(?:_TLS)?\((?:\s{0,4}[\"'][^\"'\n]{1,80}[\"']\s{0,4},){2}\s{0,4}[\"']|\bAC[0-9a-f]{32}[\"']\s{0,4},\s{0,4}[\"']"
    r"|\b(?:hash_?password|generate_password_hash|hashSync|make_password|bcrypt\.hash)\(\s{0,4}[\"'])(?P<value>[^\"'\s\\]{8,100})[\"']"
    r"|(?:\bcurl[ ][^\n]{0,200}?(?:-u|--user)[ =][\"']?[\w.@-]{1,60}:|\bmysql(?:dump|admin)?[ ][^\n]{0,200}?[ ]-p)(?P<given>[^\s\"'$:@]{8,100})",
    re.IGNORECASE,
)
_PLACES: Final = (
    *(".login(", "pass:", "pass':", 'pass":', "password(", "password_hash(", "hashsync(", "bcrypt.hash("),
    *("curl ", "mysql", "ftp(", "ftp_tls(", "twilio"),
)
_FOR_PAGES: Final = re.compile(r"(?i)^(?:next|nuxt|expo)?_?public_")
_BEARER: Final = re.compile(r"(?:Bearer|Basic|Token|token|Bot)[ ](?P<value>[\w.~+/=-]{16,200})")
_URL: Final = re.compile(
    r"://(?P<user>[^\s:@/\"'`<>\\,;)(]{0,60}):(?P<value>[^\s@/\"'`<>\\]{3,100})@(?P<host>[\w.\[-]{1,100})"
)
_DATABASES: Final = re.compile(
    r"(?:postgres(?:ql)?(?:\+\w+)?|mysql(?:\+\w+)?|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql(?:\+\w+)?|clickhouse|cockroachdb)\Z"
)
_NOT_SECRET: Final = re.compile(
    r"(?i)public|publish|anon|site[_-]?key|hash|digest|checksum|integrity|etag|commit|revision|fingerprint|placeholder|label|title|hint|rules?|strength|error|message|help|text|regex|pattern|endpoint|(?:ur[li]|path|name|field|header|type|class|format|length|policy|param|expir\w*|id|count|prefix|suffix|algorithm|input|form|page|route|view|icon|color|size|style|selector|element|confirm\w*|reset|forgot|min|max|limit|scope|issuer|audience|storage[_-]?key|cache[_-]?key|query[_-]?key)$"
)
_NAME_BEFORE: Final = re.compile(r"[\w$-]{0,40}\Z")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COLOUR: Final = re.compile("#[0-9a-fA-F]{3,8}")
_SETTINGS: Final = (
    ".yml",
    ".yaml",
    ".toml",
    ".ini",
    ".cfg",
    ".conf",
    ".properties",
    ".env",
    ".sh",
    ".bash",
    ".dockerfile",
    ".npmrc",
    ".netrc",
)
_CLASSES: Final = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"), re.compile(r"[^A-Za-z0-9]"))
_LOOSE_SYMBOL: Final = re.compile(r"[^A-Za-z0-9_./:-]")


def keyed(path: str, text: str, small: str) -> Iterator[Suspect]:
    """The values in `text` that are called a secret and look random. `small`: the text in small letters, of the same length."""
    bare = is_settings(path)
    reached = -1
    for named in _NAMED.finditer(small):
        if named.start() < reached or _GIVEN.match(text, named.end()) is None:
            continue
        if named[0] == "key" and _KEYS.search(small, max(0, named.start() - 12), named.start()) is None:
            continue
        if named[0] == "connection" and _STRINGS.match(small, named.end()) is None:
            continue
        for found in _of_name(text, named, bare):
            reached = found.end
            yield found
            break
    for one in _unnamed(text, small):
        password = one.re in (_PASSWORDS, _BY_PLACE)
        group = "given" if one["value"] is None else "value"
        value = one[group]
        if not is_plain(value) and (_is_secret(value, True) if password else _is_random(value, 16)):
            yield Suspect("password" if password else "value", one.start(group), one.end(group), value)


def _unnamed(text: str, small: str) -> Iterator[re.Match[str]]:
    """Values at places where only a key can stand, without a name that says so."""
    if "cookie" in small and ("keys" in small or "parser(" in small):
        yield from _COOKIES.finditer(text)
    if any(name in small for name in _NAMES):
        yield from _SEVERAL.finditer(text)
    if "btoa(" in small or "b64encode(" in small or "password '" in small:
        yield from _PASSWORDS.finditer(text)
    if any(place in small for place in _PLACES):
        yield from _BY_PLACE.finditer(text)
    if any(call in small for call in _CALLS):
        yield from _SIGNS.finditer(text)


def is_settings(path: str) -> bool:
    """Whether values stand without quotes in such a file."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(_SETTINGS) or name.startswith((".env", "dockerfile", "docker-compose", "compose."))


def _of_name(text: str, named: re.Match[str], bare: bool) -> Iterator[Suspect]:
    end = named.end()
    before = _NAME_BEFORE.search(text, max(0, named.start() - 40), named.start())
    stem = (before[0] if before else "") + named[0]
    if named[0] == "authorization" or stem.lower().endswith("authorization"):
        window = _BEARER.search(text, end, end + 260)
        if window is not None and window.start() - end <= 24 and _is_random(window["value"], 16):
            yield Suspect("bearer", window.start("value"), window.end("value"), window["value"])
        return
    for shape in (_QUOTED, _FALLBACK, _CALLED, *((_BARE,) if bare else ()), _IN_ADDRESS, _IN_STRING, _ELEMENT):
        match = shape.match(text, end)
        if match is None:
            continue
        if (
            shape is _FALLBACK
            and match["by"] == ","
            and _ARGUMENT.search(text, max(0, named.start() - 44), named.start()) is None
        ):
            continue  # the next of a list of names
        name = _FOR_PAGES.sub("", stem + match["rest"])
        if _NOT_SECRET.search(name):
            return
        password = named[0] in ("passw", "pwd", "senha", "passphrase")
        if shape is _CALLED and not name.lower().startswith(("set", "with", "use", "new")):
            continue
        if shape is _IN_STRING and match["value"] is not None and not password:
            continue  # an assignment of code
        group = "given" if shape is _IN_STRING and match["value"] is None else "value"
        if _is_secret(match[group], password):
            kind = "password" if password else "value"
            yield Suspect(kind, match.start(group), match.end(group), match[group])
            return


def addresses(text: str) -> Iterator[Suspect]:
    """Passwords in addresses, such as those of databases."""
    for match in _URL.finditer(text):
        value, host = match["value"], match["host"].lower()
        scheme = re.search(r"[A-Za-z][\w+.-]{0,20}\Z", text[max(0, match.start() - 20) : match.start()])
        database = scheme is not None and _DATABASES.search(scheme[0].lower()) is not None
        local = host.startswith(("localhost", "127.0.0.1", "0.0.0.0", "[::1]")) or "." not in host  # noqa: S104  # what is compared
        if (
            host.endswith(("example.com", "example.org", "host.com", "example"))
            or is_plain(value)
            or value.lower() == match["user"].lower()
        ):
            continue
        # A name without a dot is a machine beside it, which nobody else reaches.
        if local and (len(value) < 12 or not _is_random(value, 12)):
            continue
        if len(value) >= 6 and (database or _is_random(value, 8)):
            yield Suspect("address", match.start("value"), match.end("value"), value)


def _is_secret(value: str, password: bool) -> bool:
    if is_plain(value) or value.startswith(("http://", "https://", "data:", "/", "./", "--", "application/", "text/")):
        return False
    if value.endswith((".js", ".ts", ".json", ".py", ".html", ".css", ".png", ".svg", ".com", ".org")):
        return False
    if _COLOUR.fullmatch(value):
        return False
    if _UUID.fullmatch(value):
        return True
    if password:
        return _has_classes(value, 3 if len(value) < 12 else 2) and entropy(value) >= 2.7
    return _is_random(value, 14)


def _is_random(value: str, shortest: int) -> bool:
    if len(value) < shortest:
        return False
    if re.fullmatch(r"[0-9a-fA-F]+", value):
        return len(value) >= 20 and entropy(value) >= 3.0
    if not _has_classes(value, 2) or entropy(value) < (3.2 if len(value) < 24 else 3.5):
        return False
    if re.search("[0-9]", value) or _LOOSE_SYMBOL.search(value):
        return True
    return len(value) >= 24 and is_mixed(value)


def _has_classes(value: str, least: int) -> bool:
    return sum(one.search(value) is not None for one in _CLASSES) >= least
