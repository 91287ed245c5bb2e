"""What a value in a text is called: read backwards from it, past whatever only carries it, to the name that it is given to.

`KEY = "…"`, `key: str = SecretStr("…")`, `os.environ.get("KEY", "…")`, `{name: "KEY", value: "…"}`, `<add key="KEY" value="…">`,
`keys: {shop: "…"}`, `jwt.sign(claims, "…")` are all the same to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from builder.safety.leaks.names import meaning

_REACH: Final = 320
_NEUTRAL: Final = frozenset(
    "b r f u rb br fr l c x s str string bytes byte char const let var val final static export default value values val data content contents text literal private protected internal readonly optional some none new raw fromhex unhexlify "
    "b64decode decode encode utf8 utf latin ascii buffer from atob btoa base64 hex env environ getenv fetch get set setdefault process os config field secretstr secretbytes union annotated required cast tostring trim strip lower upper "
    "replace format concat lateinit by lazy define defined return self this option flag argument add_argument help dest nargs or and if else then null undefined true false any object array list dict map of is as in add append push put property "
    "entry param parameter arg stringvar setx export2 cstr strdup uint8array textencoder bytearray fromstring fromutf8string nsstring setenv putenv option2 fallback def function initial init_value literal2 freeze public void auto type short "
    "frombase64string convertto-securestring asplaintext force getbytes encoding json parse stringify dumps loads static_cast str_to_bytes unwrap_or unwrap_or_else into to_string string_view".split()
)
_GOES_ON: Final = ("=", "(", ":", "[", "{", ",", "+", "\\", "|", "?", ">", "&")
_NAME: Final = re.compile(r"[\w$][\w$.:-]{0,79}")
_ENDS_WITH_NAME: Final = re.compile(r"([A-Za-z_][\w.-]{1,60})[\"']?\s{0,3}(?:[=:]|\bis\b)?\s{0,3}[\"']?(?:Bearer|Basic|Token)?\s{0,3}\Z")
_PATH: Final = re.compile(r"((?:[A-Za-z_$][\w$]{0,40}(?:\(\))?[?!]?(?:\.|->|::)){0,3})\Z")
_OWNER: Final = re.compile(r"([\w$-]{1,60})[\"'`]?\]?\s{0,4}(?::\s{0,3}[\w<>\[\], |.]{1,60}?)?\s{0,4}(?:=>|[=:(])?\s{0,6}(?:new )?(?:[\w.]{1,30}\()?\s{0,6}\Z")
_SIGNS: Final = re.compile(
    r"(?i)^(?:jwt|jws|jose|hmac|sign(?:er|ature)?|sign_?jwt|verify\w*|encrypt\w*|decrypt\w*|fernet|\w*serializer|create_?(?:hmac|cipher(?:iv)?|decipher(?:iv)?|secret_?key)|cookie_?parser|cookie_?session|secret_?key_?spec|hs256|aes\w*|basic_?auth|authenticate|bearer_?auth|set_?(?:api_?)?(?:key|token|secret)|with_?(?:api_?)?(?:key|token|secret)|\w*api_?key|auth(?:orize)?|symmetricsecuritykey|construct_?event|totp|new_?private_?key\w*|private_?key_?to_?account|from_?key|wallet|compare_?digest|timing_?safe_?equal)$"
)
_CRYPTIC: Final = re.compile(r"(?i)(?:jwt|jose|jws|hmac|crypto\w*|cipher|aes|signer|itsdangerous|wallet)[.:-]")
_CONNECTS: Final = re.compile(
    r"(?i)^(?:\w*client|init(?:ialize|ialise)?|configure|setup|login|connect|\w*sdk|\w*bot|\w*api|create\w*|new|use\w*client|make\w*client|run|setAuth|\w*auth\w*|\w*credentials?\w*)$"
)


def label_of(text: str, at: int) -> tuple[str, str]:
    """(what the value is by its name, the name) of the value that begins at `at`, its quotation mark included. What it is:
    see `names.meaning`; besides these `signs` (an argument of what signs or encrypts) and `connects` (of what makes a client)."""
    commas, direct, depth, lines = 0, True, 0, 0
    halts = carried = False
    unknown = ""
    siblings: list[str] = []
    callee_next = False
    for kind, token, place in _tokens_before(text, at):
        if kind == "\n":
            lines += 1
            if lines > 10 or (halts and not unknown):
                break
            if not unknown and not siblings and not carried and text[max(0, place - 80) : place].rstrip()[-1:] not in _GOES_ON:
                break
            continue
        if kind in ")}]":
            if kind == "}" and not depth and not commas and not token:
                break  # the end of a block of code
            depth += 1
            continue
        if kind in "({[":
            if depth:
                depth -= 1
                continue
            if kind == "(":
                callee_next = True
            elif not unknown and not siblings:
                direct = True
            if kind != "(" or not direct:
                found = _among(siblings, unknown) if kind == "{" or len(siblings) == 1 or kind == "(" else None
                if found:
                    return found
                owner = _OWNER.search(text, max(0, place - 140), place)
                if owner is not None and kind in "{[":
                    whole = f"{owner[1]}_{unknown}" if unknown else owner[1]
                    said = meaning(whole)
                    if said != "none" and meaning(owner[1]) in ("secret", "password"):
                        said = meaning(owner[1])
                    if said or not unknown:
                        return said, whole
                    return _above(text, place, unknown)
            continue
        if depth:
            continue
        if kind == ";" or (kind == "<" and unknown):
            break
        if kind == ",":
            commas += 1
            direct = False
            continue
        if kind == "name" and callee_next:
            callee_next = False
            found = _among(siblings, unknown)
            if found:
                return found
            path = _PATH.search(text, max(0, place - 90), place)
            whole = (path[1] if path else "") + token
            if unknown:
                return "", unknown
            if token.lower() in _NEUTRAL and not _CRYPTIC.match(whole):
                if commas:
                    break
                direct = True
                continue
            if _SIGNS.match(token) or _CRYPTIC.match(whole):
                return "signs", whole
            said = meaning(token)
            if said in ("secret", "password"):
                return said, whole
            return ("connects", whole) if _CONNECTS.match(token) or token[:1].isupper() else ("", whole)
        if kind == "name":
            if token.lower() in _NEUTRAL:
                halts = halts or token in ("return", "if", "else", "then", "and", "is", "in")
                carried = carried or token.lower() in ("value", "default", "content", "data")
                continue
            if not direct or unknown:
                continue
            path = _PATH.search(text, max(0, place - 90), place)
            found = _decided(token, path[1] if path else "")
            if found:
                return found
            unknown = token
            direct = False
        elif kind == '"':
            if direct and not unknown:
                name = _name_at_end(token)
                if name:
                    if name.lower() in _NEUTRAL:
                        continue
                    found = _decided(name, "")
                    if found:
                        return found
                    unknown = name
                direct = False
            elif _NAME.fullmatch(token):
                siblings.append(token)
    found = _among(siblings, unknown)
    return found or ("", unknown)


def _decided(name: str, path: str) -> tuple[str, str] | None:
    said = meaning(name)
    if said in ("secret", "password", "none"):
        return said, name
    whole = meaning(f"{path}{name}") if path else said
    if whole == "none":
        whole = said
    return (whole, path + name) if whole else None


def _among(siblings: list[str], unknown: str) -> tuple[str, str] | None:
    """The name beside: `("KEY", "…")`, `name: "KEY", value: "…"`."""
    if unknown:
        return None
    for name in siblings[:3]:
        said = meaning(name)
        if said in ("secret", "password"):
            return said, name
        if said:
            return None
    return None


def _above(text: str, at: int, unknown: str) -> tuple[str, str]:
    """What the object around the object is called, to a depth of two."""
    depth = 0
    for _ in range(2):
        place = at
        for place in range(at - 1, max(0, at - 500), -1):
            if text[place] in "})]":
                depth += 1
            elif text[place] in "{([":
                if not depth:
                    break
                depth -= 1
        else:
            return "", unknown
        owner = _OWNER.search(text, max(0, place - 140), place)
        if owner is not None and meaning(owner[1]) in ("secret", "password"):
            return meaning(f"{owner[1]}_{unknown}"), unknown
        at = place
    return "", unknown


def _name_at_end(content: str) -> str:
    """The name that a string is, or ends with: `X-API-Key`, `https://…?api_key=`, `Authorization: Bearer `."""
    if _NAME.fullmatch(content):
        return content
    found = _ENDS_WITH_NAME.search(content[-80:])
    return found[1] if found and content.rstrip()[-1:] in "=:rcn" and (content[-1:] in "=: ") else ""


def _tokens_before(text: str, at: int) -> Iterator[tuple[str, str, int]]:
    """(kind, text, where it begins), from the end: `name`, `"` (a string), a line's end, or the character itself."""
    low = max(0, at - _REACH)
    here = at
    while here > low:
        one = text[here - 1]
        if one in " \t\r\\":
            here -= 1
        elif one in "\"'`":
            begin = text.rfind(one, low, here - 1)
            if begin < 0 or here - begin > 130 or "\n" in text[begin : here - 1]:
                here -= 1
                continue
            yield '"', text[begin + 1 : here - 1].rstrip("\\"), begin
            here = begin
        elif one.isalnum() or one in "_$":
            begin = here - 1
            while begin > low and (text[begin - 1].isalnum() or text[begin - 1] in "_$-"):
                begin -= 1
            yield "name", text[begin:here].strip("-"), begin
            here = begin
            if text[here - 1 : here] == "." or text[here - 2 : here] in ("->", "::"):
                here = _past_path(text, low, here)
        elif one in ")]":
            opening = text.rfind("(" if one == ")" else "[", low, here - 1)
            inner = text[opening + 1 : here - 1].strip() if opening >= 0 else "("
            bare = inner.strip("\\\"'`: ")
            if opening >= 0 and (not bare or _NAME.fullmatch(bare)):
                if bare and (one == "]" or bare != inner):
                    yield "name", bare, opening
                here = opening
                if text[here - 1 : here].isalnum() and (one == "]" or bare != inner):
                    while here > low and (text[here - 1].isalnum() or text[here - 1] in "_.$?"):
                        here -= 1
            else:
                yield one, "", here - 1
                here -= 1
        else:
            yield one, "", here - 1
            here -= 1


def _past_path(text: str, low: int, here: int) -> int:
    """Before the objects that something is of: `a.b().` of `a.b().c`."""
    while here > low:
        if text[here - 1] in ".?!":
            here -= 1
        elif text[here - 2 : here] in ("->", "::"):
            here -= 2
        elif text[here - 1] == ")":
            opening = text.rfind("(", low, here - 1)
            if opening < 0:
                return here
            here = opening
        elif text[here - 1].isalnum() or text[here - 1] in "_$":
            begin = here
            while begin > low and (text[begin - 1].isalnum() or text[begin - 1] in "_$"):
                begin -= 1
            here = begin
            if text[here - 1 : here] not in (".", "?", "!") and text[here - 2 : here] not in ("->", "::"):
                return here
        else:
            return here
    return here
