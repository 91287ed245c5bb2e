"""Values that their names, or their places, say to be secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from builder.safety.leaks.labels import Label, label_of
from builder.safety.leaks.likeness import (
    classes,
    is_hexadecimal,
    is_made_up,
    is_random,
    is_surely_random,
    is_uuid,
    is_wordless,
)
from builder.safety.leaks.names import meaning
from builder.safety.leaks.nearby import Spots
from builder.safety.leaks.places import asked_with, is_settings, placed
from builder.safety.leaks.providers import Suspect

# One of these is near every value that is called a secret.
_HINTS: Final = (
    "key", "secret", "token", "pass", "pwd", "cred", "senha", "auth", "conn", "bearer", "jwt", "hmac", "sign", "cipher", "crypt", "fernet", "login", "client", "cookie", "sess", "sid", "pepper",
    "salt", "seed", "mnemonic", "licen", "dsn", "kennwort", "contrase", "sas", "serializ", "wallet", "otp", "init", "sdk", "bot", "api", "pw",
)  # fmt: skip
# Without its closing quotation mark, which may as well be the next opening one.
_QUOTED: Final = re.compile(
    r"\"([^\"\\\s]{8,400})(?=\")|'([^'\\\s]{8,400})(?=')|`([^`\\\s]{8,400})(?=`)|\\{1,8}\"([^\"\\\s]{8,400})(?=\\{1,8}\")|\\{1,8}'([^'\\\s]{8,400})(?=\\{1,8}')"
)
_BARE: Final = re.compile(
    r"(?:[:=>] {0,8}|(?<=[\w\"'])[ \t]{1,40})(?P<value>[^\s\"'`,;{}\[\]()<>|=][^\s\"'`,;{}\[\]()<>|]{7,300})"
    r"(?=[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)|</|[ \t]+(?:\\|&&|--?[a-z]|https?:|[a-zA-Z./]+(?:[ \t\n]|\Z))|;)"
)
_SAYS: Final = re.compile("key|secret|token|pass|pwd|cred|senha|auth|sig|sess|sid|pw|pin")
_NAMED: Final = re.compile(
    r"(?P<name>[A-Za-z_$][\w$.-]{0,60}?)(?:[\"'`]|\\\")?\]?(?P<by>[ \t]{0,8}(?::-|:=|=>|=|:)[ \t]{0,8}|[ \t]{1,4}is[ \t]{1,4})"
    r"(?P<value>[^\s\"'`;,&<>{}()\[\]|\\=:][^\s\"'`;,&<>{}()\[\]|\\]{7,300})(?P<after>[;&\"'`\s<\\,}|)]|\Z)"
)
_USED: Final = re.compile(
    r"(?P<name>[\w$-]{2,50})[\"']?\]?\s{0,3}(?::|=(?!=)|=>)\s{0,3}(?P<used>[A-Za-z_$][\w$]{0,40})(?=\s*[,;)}\n]|\s*\.encode|\Z)"
)
_SENT: Final = re.compile(
    r"(?:Bearer|Basic|Token|token)[ ](?:\$?\{\s?(?P<filled>[A-Za-z_$][\w$.]{0,40})\s?\}|[\"'`]\s?\+\s?(?P<added>[A-Za-z_$][\w$]{0,40}))"
)
_SIGNS: Final = re.compile(
    r"(?:\bjwt\.(?:sign|verify|encode|decode)\([^\n]{1,120}?,\s{0,4}|\bFernet\(|createHmac\([^,\n]{1,20},\s{0,3}|createCipheriv\([^,\n]{1,24},\s{0,3}|\bhmac\.new\()(?P<by>[A-Za-z_$][\w$]{1,40})(?=\s*[,.)])"
)
_BEARER: Final = re.compile(
    r"(?:\b(?:Bearer|Basic|Bot|ApiKey|Api-Key|Apikey|Negotiate|SSWS|Key|Klaviyo-API-Key|GenieKey)|(?i:authorization\\?[\"']?\s{0,3}[:,=]\s{0,3}\\?[\"'`]?)(?:[A-Za-z-]{2,20})?|\b[Tt]oken)[ ]{1,2}(?P<value>[\w.~+/:=-]{16,400})"
)
_COMMENT: Final = re.compile(r"(?:#|//|/\*|\*|<!--|--|%|rem )[^\n\"'`]{0,120}\Z", re.IGNORECASE)
_FLAG: Final = re.compile(
    r"--?(?P<name>[a-z][\w-]{1,40})(?:[= ]|[\"']\s?,\s?[\"'])[\"']?(?P<value>[^\s\"'`;|&<>(){}$]{8,200})"
)
_RAW: Final = re.compile(
    r"(?i)(?:from_?hex(?:string)?|unhexlify|hex(?:_?to_?bytes|\.decode(?:string)?)?|b64decode|frombase64string|Buffer\.from|atob)\(\s{0,4}[bru]?[\"'`]?\Z"
)
_EXPRESSION: Final = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|\?\.|->|::)[A-Za-z_$][\w$]*)+")
_SERVERS: Final = (".py", ".go", ".rb", ".php", ".java", ".rs", ".cs", ".kt", ".sh", ".pl", ".ex", ".mjs", ".cjs")
_SECTIONS: Final = (".toml", ".ini", ".cfg", ".conf", ".properties", "credentials", "config")
_LONGEST_WITH_USES: Final = 200_000
_LONGEST_WITH_LETTERS: Final = 20_000


def keyed(path: str, text: str, small: str, *, strict: bool = False) -> Iterator[Suspect]:
    """The values in `text` that are called a secret, or stand where only one stands. `small`: the text in small letters, of
    the same length. `strict`: only what can hardly be anything else, as in documentation."""
    yield from placed(path, text, small)
    if not strict:
        yield from asked_with(text, path.endswith(_SERVERS))
    hints = Spots(small, _HINTS)
    settings = is_settings(path)
    named = _names(small, text)
    uses = _uses(text, small, named) if len(text) < _LONGEST_WITH_USES else {}
    for at, value, mark in _values(text, settings):
        if value[0] in ":,)]};" or (mark and _is_name(text, at - mark, at + len(value) + 1)):
            continue  # no value: what stands between two, or the name of an entry
        if not is_random(value) and not ((uses or hints.within(at - 320, at)) and is_made_up(value)):
            continue
        label = label_of(text, at - mark)
        if not label.said and label.name in uses:
            label = Label(uses[label.name], label.name)
        if settings and label.said in ("", "key") and (above := _above(path, text, at)):
            said = meaning(f"{above}_{label.name}")
            label = Label(said, label.name) if said != "none" else label
        if label.said == "key" and _RAW.search(text, max(0, at - 60), at) and is_random(value, 32):
            label = Label("secret", label.name)  # only keys are written as bytes
        if kind := _kind(label, value, strict, settings):
            yield Suspect(kind, at, at + len(value), value)
    yield from _within(text, named, settings, strict)


def of_name(text: str, at: int, value: str) -> str:
    """What a value is that is not written as it is, and begins at `at`: "" where it is no secret."""
    label = label_of(text, at)
    if re.search(r"\s", value) or not is_wordless(value):
        return ""
    return _kind(label, value, False, False) if label.said in ("secret", "password", "signs") else ""


def _values(text: str, settings: bool) -> Iterator[tuple[int, str, int]]:
    """(where, the value, how long what opens it is)."""
    for found in _QUOTED.finditer(text):
        group = found.lastindex or 1
        mark = found.start(group) - found.start()
        if mark > 1 and text[found.start() - 1 : found.start()] == found[0][mark - 1]:
            mark += 1  # a string within a string
        yield found.start(group), found[group], mark
    if settings:
        for found in _BARE.finditer(text):
            yield found.start("value"), found["value"], 0


def _kind(label: Label, value: str, strict: bool, settings: bool) -> str:
    """What it is called, "" where it is no secret."""
    said = label.said
    if said in ("none", "") or not (label.given or settings or (is_random(value, 16) and is_wordless(value))):
        return ""
    if strict and not is_random(value, 12 if said == "password" else 20):
        return ""
    if said == "password":
        return "password" if is_made_up(value) or is_random(value) else ""
    if said == "secret":
        fits = is_random(value) or (len(value) >= 12 and is_made_up(value) and _is_made_for(label.name, value))
    elif said == "key":
        fits = is_surely_random(value) or (is_random(value, 24) and classes(value) >= 3 and not is_uuid(value))
        fits = fits or (is_random(value, 32) and not is_hexadecimal(value) and is_wordless(value, 0.5))
    elif said == "vendor":
        fits = is_random(value, 20) and not is_uuid(value)
    else:
        fits = is_random(value, 16) if said == "signs" else is_surely_random(value)
    return "value" if fits else ""


def _is_made_for(name: str, value: str) -> bool:
    """Whether it is what people make up as a secret: it has characters that names in code have not, or is called just a
    secret and has a long number."""
    if re.search(r"(?i)(?:secret|pepper|salt)(?:_?key)?$", name) and re.search(r"\d{3}", value) and len(value) >= 16:
        return True
    return (
        re.search(r"[!#$%^&*?~@]", value) is not None and re.search("[0-9]", value) is not None and classes(value) >= 3
    )


def _names(small: str, text: str) -> list[int]:
    """Where names begin that may be those of secrets."""
    found: list[int] = []
    for hint in _SAYS.finditer(small):
        begin = hint.start()
        low = max(0, begin - 40)
        while begin > low and (text[begin - 1].isalnum() or text[begin - 1] in "_$.-"):
            begin -= 1
        if not found or found[-1] != begin:
            found.append(begin)
    return found


def _is_name(text: str, begin: int, end: int) -> bool:
    """Whether a string is the name of an entry: `{"name": …, "name": …`."""
    return text[end : end + 2].lstrip()[:1] == ":" and text[max(0, begin - 40) : begin].rstrip()[-1:] in ("{", ",", "")


def _uses(text: str, small: str, named: list[int]) -> dict[str, str]:
    """Names whose values are used as a secret elsewhere in the text, and as what."""
    found: dict[str, str] = {}
    for at in named:
        use = _USED.match(text, at)
        if use is None or (len(use["used"]) == 1 and len(text) > _LONGEST_WITH_LETTERS):
            continue  # minified code gives its letters to everything
        if (said := meaning(use["name"])) in ("secret", "password") and not meaning(use["used"]):
            found.setdefault(use["used"], said)
    for pattern, words in (
        (_SENT, ("bearer ", "basic ", "token ")),
        (_SIGNS, ("jwt.", "fernet(", "createhmac", "createcipher", "hmac.new")),
    ):
        for start, end in Spots(small, words).around(0, 200):
            for use in pattern.finditer(text, start, end):
                found.setdefault(use[use.lastindex or 1], "signs")
    return found


def _within(text: str, named: list[int], settings: bool, strict: bool) -> Iterator[Suspect]:
    """Values within strings, comments and commands: `?api_key=…`, `Password=…;`, `# password: …`, `--token …`."""
    for found in _BEARER.finditer(text):
        value = found["value"].rstrip(".:")
        if is_random(value, 16) or value.startswith("eyJ"):
            yield Suspect("bearer", found.start("value"), found.start("value") + len(value), value)
    for at in named:
        one = _NAMED.match(text, at)
        if one is None or text[at - 1 : at] == ":" or (said := meaning(one["name"])) not in ("secret", "password"):
            continue
        if _stands(text, at, one, said, settings) and not (strict and not is_random(one["value"], 20)):
            yield Suspect(
                "password" if said == "password" else "value", one.start("value"), one.end("value"), one["value"]
            )
    for flag in _FLAG.finditer(text):
        said, value = meaning(flag["name"]), flag["value"]
        if said in ("secret", "password") and (is_random(value) or (said == "password" and is_made_up(value))):
            yield Suspect("password" if said == "password" else "value", flag.start("value"), flag.end("value"), value)


def _stands(text: str, at: int, one: re.Match[str], said: str, settings: bool) -> bool:
    """Whether what follows a name is a value and no code."""
    value, after = one["value"], one["after"]
    if _EXPRESSION.fullmatch(value) and not is_surely_random(value):
        return False
    apart = settings or after in ("&", ";") or one["by"] == ":-" or text[at - 1 : at] in ("?", "&", ";")
    if apart or _COMMENT.search(text, max(0, at - 120), at):
        return is_made_up(value) if said == "password" else is_random(value)
    return (
        is_random(value, 14 if said == "password" else 16)
        and classes(value) >= (3 if said == "password" else 2)
        and after != ","
    )


def _above(path: str, text: str, at: int) -> str:
    """What the section of a settings file is called: `[name]`, or the lines of smaller indentation."""
    if path.lower().endswith(_SECTIONS):
        sections = list(re.finditer(r"(?m)^\[+([^\]\n]{1,80})\]+", text[:at]))
        return sections[-1][1].rpartition(".")[2] if sections else ""
    line = text.rfind("\n", 0, at) + 1
    indent = len(text[line:at]) - len(text[line:at].lstrip(" "))
    names: list[str] = []
    for before in reversed(text[max(0, line - 2_000) : line].split("\n")):
        found = re.match(r"( *)(?:- )?[\"']?([\w.-]{1,60})[\"']?:\s*(?:[|>&!]\S*)?$", before)
        if found and len(found[1]) < indent:
            names.append(found[2])
            indent = len(found[1])
            if not indent or len(names) == 2:
                break
    return "_".join(reversed(names))
