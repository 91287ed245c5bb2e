"""Values that their names, or their places, say to be secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from builder.safety.leaks.labels import label_of
from builder.safety.leaks.likeness import classes, is_made_up, is_random, is_surely_random, is_uuid
from builder.safety.leaks.names import VENDORS, meaning
from builder.safety.leaks.places import asked_with, is_settings, placed
from builder.safety.leaks.providers import Suspect

# What is near every value that is called a secret; a text without any of it has none.
_HINT: Final = re.compile(
    "key|secret|token|pass|pwd|cred|senha|auth|connection|conn|bearer|jwt|hmac|sign|cipher|crypt|fernet|login|client|cookie|sess|sid|pepper|salt|seed|mnemonic|licen|dsn|kennwort|contrase|sas|serializ|wallet|totp|otp|init|connect|sdk|bot|api|pw|"
    + "|".join(sorted(VENDORS))
)
# Without its closing quotation mark, which may as well be the next opening one.
_QUOTED: Final = re.compile(
    r"\"([^\"\\\s]{8,400})(?=\")|'([^'\\\s]{8,400})(?=')|`([^`\\\s]{8,400})(?=`)|\\+\"([^\"\\\s]{8,400})(?=\\+\")|\\+'([^'\\\s]{8,400})(?=\\+')"
)
_BARE: Final = re.compile(
    r"(?:[:=>] {0,8}|(?<=[\w\"'])[ \t]{1,40})(?P<value>[^\s\"'`,;{}\[\]()<>|=][^\s\"'`,;{}\[\]()<>|]{7,300})(?=[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)|</|[ \t]+(?:\\|&&|--?[a-z]|https?:|[a-zA-Z./]+(?:[ \t\n]|\Z))|;)"
)
_NAMED: Final = re.compile(
    r"(?P<name>[A-Za-z_$][\w$.-]{0,60}?)(?:[\"'`]|\\\")?\]?(?P<by>[ \t]{0,8}(?::-|:=|=>|=|:)[ \t]{0,8}|[ \t]{1,4}is[ \t]{1,4})(?P<value>[^\s\"'`;,&<>{}()\[\]|\\=:][^\s\"'`;,&<>{}()\[\]|\\]{7,300})(?P<after>[;&\"'`\s<\\,}|)]|\Z)"
)
_BEARER: Final = re.compile(
    r"(?:\b(?:Bearer|Basic|Bot|ApiKey|Api-Key|Apikey|Negotiate|SSWS|Key|Klaviyo-API-Key|GenieKey)|(?i:authorization\\?[\"']?\s{0,3}[:,=]\s{0,3}\\?[\"'`]?)(?:[A-Za-z-]{2,20})?|\b[Tt]oken)[ ]{1,2}(?P<value>[\w.~+/:=-]{16,400})"
)
_USES: Final = re.compile(
    r"(?P<name>[\w$-]{2,50})[\"']?\]?\s{0,3}(?::|=(?!=)|=>)\s{0,3}(?P<used>[A-Za-z_$][\w$]{1,40})(?=\s*[,;)}\n]|\s*\.encode|\Z)"
    r"|(?:Bearer|Basic|Token|token)[ ](?:\$?\{\s?(?P<in>[A-Za-z_$][\w$.]{0,40})\s?\}|[\"'`]\s?\+\s?(?P<plus>[A-Za-z_$][\w$]{0,40}))"
    r"|\bjwt\.(?:sign|verify|encode|decode)\([^\n]{1,120}?,\s{0,4}(?P<signs>[A-Za-z_$][\w$]{1,40})|(?:Fernet|createHmac\([^,\n]{1,20},|createCipheriv\([^,\n]{1,24},|hmac\.new|[A-Z]\w{2,30}Client)\(?\s{0,3}(?P<by>[A-Za-z_$][\w$]{1,40})(?=\s*[,.)])"
)
_COMMENT: Final = re.compile(r"(?:#|//|/\*|\*|<!--|--|%|rem )[^\n\"'`]{0,120}\Z", re.IGNORECASE)
_FLAG: Final = re.compile(r"--?(?P<name>[a-z][\w-]{1,40})(?:[= ]|[\"']\s?,\s?[\"'])[\"']?(?P<value>[^\s\"'`;|&<>(){}$]{8,200})")
_SERVERS: Final = (".py", ".go", ".rb", ".php", ".java", ".rs", ".cs", ".kt", ".sh", ".pl", ".ex", ".mjs", ".cjs")
_LONGEST_WITH_USES: Final = 200_000


def keyed(path: str, text: str, small: str, *, strict: bool = False) -> Iterator[Suspect]:
    """The values in `text` that are called a secret, or stand where only one stands. `small`: the text in small letters, of
    the same length. `strict`: only what can hardly be anything else, as in documentation."""
    yield from placed(path, text, small)
    if not strict:
        yield from asked_with(text, path.endswith(_SERVERS))
    if _HINT.search(small) is None:
        return
    uses = _uses(text) if len(text) < _LONGEST_WITH_USES else {}
    settings = is_settings(path)
    for at, value, mark in _values(text, settings):
        if value[0] in ":,)]};" or not (uses or _HINT.search(small, max(0, at - 320), at)):
            continue
        if not (is_made_up(value) or is_random(value, 14)):
            continue
        said, name = label_of(text, at - mark)
        if said == "" and name and name in uses:
            said, name = uses[name], name
        if settings and said in ("", "key"):
            above = _above(path, text, at)
            said = meaning(f"{above}_{name}") if above and meaning(f"{above}_{name}") != "none" else said
        if kind := _kind(said, name, value, strict):
            yield Suspect(kind, at, at + len(value), value)
    yield from _within(text, small, settings, strict)


def _values(text: str, settings: bool) -> Iterator[tuple[int, str, int]]:
    """(where, the value, how long what opens it is)."""
    for found in _QUOTED.finditer(text):
        group = found.lastindex or 1
        yield found.start(group), found[group], found.start(group) - found.start()
    if settings:
        for found in _BARE.finditer(text):
            yield found.start("value"), found["value"], 0


def _kind(said: str, name: str, value: str, strict: bool) -> str:
    """What it is called, "" where it is no secret."""
    if said == "none" or not said:
        return ""
    if strict and not (is_surely_random(value) or (is_random(value, 20) and said != "password")):
        return ""
    if said == "password":
        return "password" if is_made_up(value) or is_random(value) else ""
    if said == "secret":
        return "value" if is_random(value) or (len(value) >= 12 and is_made_up(value) and _is_made_for(name, value)) else ""
    if said == "key":
        return "value" if is_surely_random(value) or (is_random(value, 24) and classes(value) >= 3 and not is_uuid(value)) else ""
    if said == "vendor":
        return "value" if is_random(value, 20) and not is_uuid(value) else ""
    if said == "signs":
        return "value" if is_random(value, 16) else ""
    return "value" if said == "connects" and is_surely_random(value) else ""


def _is_made_for(name: str, value: str) -> bool:
    """Whether it is what people make up as a secret: it has characters that names in code have not, or is called just a
    secret and has a long number."""
    if re.search(r"(?i)(?:secret|pepper|salt)(?:_?key)?$", name) and re.search(r"\d{3}", value) and len(value) >= 16:
        return True
    return re.search(r"[!#$%^&*?~@]", value) is not None and classes(value) >= 3


def _uses(text: str) -> dict[str, str]:
    """Names whose values are used as a secret elsewhere in the text, and as what."""
    found: dict[str, str] = {}
    for use in _USES.finditer(text):
        if use["used"]:
            said = meaning(use["name"])
            if said in ("secret", "password") and meaning(use["used"]) == "":
                found.setdefault(use["used"], said)
        else:
            found.setdefault(use["in"] or use["plus"] or use["signs"] or use["by"], "signs")
    return found


def of_name(text: str, at: int, value: str) -> str:
    """What a value is that is not written as it is, and begins at `at`: "" where it is no secret."""
    said, name = label_of(text, at)
    return _kind(said, name, value, False) if said in ("secret", "password", "signs") else ""


def _within(text: str, small: str, settings: bool, strict: bool) -> Iterator[Suspect]:
    """Values within strings, comments and commands: `?api_key=…`, `Password=…;`, `# password: …`, `--token …`."""
    for found in _BEARER.finditer(text):
        value = found["value"].rstrip(".:")
        if is_random(value, 16) or value.startswith("eyJ"):
            yield Suspect("bearer", found.start("value"), found.start("value") + len(value), value)
    for hint in re.finditer("key|secret|token|pass|pwd|cred|senha|auth|sig|sess|sid|pw|pin", small):
        begin = hint.start()
        while begin > 0 and hint.start() - begin < 40 and (text[begin - 1].isalnum() or text[begin - 1] in "_$.-"):
            begin -= 1
        named = _NAMED.match(text, begin)
        if named is None or named.start("by") < hint.start():
            continue
        value, after = named["value"], named["after"]
        said = meaning(named["name"])
        if said not in ("secret", "password") or text[begin - 1 : begin] == ":":
            continue
        comment = _COMMENT.search(text, max(0, begin - 120), begin) is not None
        sure = settings or comment or after in ("&", ";") or named["by"] in (":-",) or text[begin - 1 : begin] in ("?", "&", ";")
        if said == "password":
            good = is_made_up(value) if sure else is_random(value, 14) and classes(value) >= 3
        else:
            good = is_random(value, 14) if sure else is_random(value, 16) and after != ","
        if good and not _is_expression(value) and not (strict and not is_random(value, 20)):
            yield Suspect("password" if said == "password" else "value", named.start("value"), named.end("value"), value)
    if "--" in text or " -" in text:
        for flag in _FLAG.finditer(text):
            said, value = meaning(flag["name"]), flag["value"]
            if said in ("secret", "password") and (is_random(value, 14) or (said == "password" and is_made_up(value))):
                yield Suspect("password" if said == "password" else "value", flag.start("value"), flag.end("value"), value)


def _is_expression(value: str) -> bool:
    """Whether it is code: `this.token2`, `user.password1`, `a+b`."""
    return re.fullmatch(r"[A-Za-z_$][\w$]*(?:(?:\.|\?\.|->|::)[A-Za-z_$][\w$]*)+", value) is not None and not is_surely_random(value)


def _above(path: str, text: str, at: int) -> str:
    """What the section of a settings file is called: `[name]`, or the lines of smaller indentation."""
    section = None
    if path.lower().endswith((".toml", ".ini", ".cfg", ".conf", ".properties", "credentials", "config")):
        for section in re.finditer(r"(?m)^\[+([^\]\n]{1,80})\]+", text[:at]):
            pass
        return section[1].rpartition(".")[2] if section else ""
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

