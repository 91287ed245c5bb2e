"""What is sent: values that a field of that name takes, with a mark by which they are found again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from builder.safety.probing.asking.visitor import Answer

PASSWORD: Final = "Zq7-probe-Xy42!"  # noqa: S105  # of accounts that live for a minute, in a copy of an app
_NUMBERS: Final = re.compile(
    r"(?i)amount|price|total|quantity|qty|count|number$|age$|rating|stars|score|position|minutes|hours|seats|guests|size|weight|year|month|day$|cents|salary|stock|priority|level|duration|_?id$|Id$"
)
_FLAGS: Final = re.compile(
    r"(?i)^(?:is_|has_|done|completed?|public|published|shared|active|archived|pinned|favou?rite|agree|terms|accept|subscribe|checked|paid|visible)"
)
_OPEN: Final = re.compile(r"(?i)public|shared|published|visible")
PERSONAL_FIELD: Final = re.compile(
    r"(?i)e?_?mail|phone|mobile|telefon|address$|street|zip|postcode|iban|card|cvv|ssn|passport|birth|dob$|salary|income|diagnos|symptom|medic|allerg|insurance|tax_?id|national|bank|account_number|illness|treatment"
)
_ONE_WORD: Final = re.compile(r"\^?(\w+)\$?")
_HASHES: Final = re.compile(
    r"\$(?:2[abxy]|argon2\w*|scrypt)\$|(?:pbkdf2[:_]|scrypt:|(?:md5|sha1|argon2|bcrypt\w{0,8})\$)\w"
)
_SECRET_KEY: Final = re.compile(
    r"(?i)^(?:pass(?:word)?_?(?:hash|digest)?|hashed_?password|pwd(?:_?hash)?|pw_?hash|hash|salt)$"
)


def body_of(
    fields: dict[str, dict[str, Any]],
    mark: str,
    extra: dict[str, Any] | None = None,
    *,
    ids: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A body for a route that reads `fields`; `extra` has the last word, `ids` are those of things that there are."""
    made = {name: value_of(name, schema, mark, ids or {}) for name, schema in fields.items()}
    return {**made, **{name: value for name, value in (extra or {}).items() if name in fields or not fields}}


_EXPECTED: Final = re.compile(r"'([^']{1,60})'")
_KINDS: Final = (("int", "integer"), ("float", "number"), ("decimal", "number"), ("bool", "boolean"), ("list", "array"), ("datetime", "date-time"), ("date", "date"), ("string", "string"))  # fmt: skip


def repaired(fields: dict[str, dict[str, Any]], answer: Answer) -> dict[str, dict[str, Any]]:
    """`fields` with what a refusal says of them: those that are missing, and what they should have been."""
    told = answer.data.get("detail") if isinstance(answer.data, dict) else None
    better = dict(fields)
    for one in told if isinstance(told, list) else []:
        place = one.get("loc") if isinstance(one, dict) else None
        if not isinstance(place, list) or len(place) != 2 or place[0] != "body" or not isinstance(place[1], str):
            continue
        kind = str(one.get("type", ""))
        options = _EXPECTED.findall(str((one.get("ctx") or {}).get("expected", "")))
        if options:
            better[place[1]] = {"enum": options}
        else:
            better[place[1]] = next(
                ({"type": type_} for name, type_ in _KINDS if kind.startswith(name)), better.get(place[1], {})
            )
    return better


def value_of(name: str, schema: dict[str, Any], mark: str, ids: dict[str, Any]) -> Any:
    small, kind, shape = name.lower(), schema.get("type"), schema.get("format", "")
    if schema.get("enum"):
        options = schema["enum"]
        return next((one for one in options if "private" in str(one).lower()), options[0])
    if word := _ONE_WORD.fullmatch(schema.get("pattern") or ""):
        return word[1]
    if "const" in schema:
        return schema["const"]
    if small == "role":
        return "user"
    if kind is None and (small in ("admin", "staff") or (name[:2] == "is" and name[2:3].isupper())):
        return False
    if kind == "boolean":
        return bool(_private_flag(small))
    if small.endswith("id") and small.replace("_", "") in ids and kind is None:
        return ids[small.replace("_", "")]
    if kind in ("integer", "number"):
        return ids.get(
            small, max(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1), min(2, schema.get("maximum", 2)))
        )
    if kind == "array":
        inner = schema.get("items", {})
        return [value_of(name, inner, mark, ids)] if inner else []
    if kind == "object":
        return {key: value_of(key, one, mark, ids) for key, one in schema.get("properties", {}).items()}
    if (
        kind in (None, "")
        and small.endswith(("items", "tags", "lines", "options", "choices"))
        and not small.startswith("num")
    ):
        return [f"Probe {mark}"]
    text = _text(small, kind, shape, mark, ids)
    most = schema.get("maxLength")
    return text[:most] if isinstance(text, str) and most else text


def _text(small: str, kind: str | None, shape: str, mark: str, ids: dict[str, Any]) -> Any:
    if small in ids and kind is None:
        return ids[small]
    if "mail" in small or shape == "email" or kind == "email":
        return f"{mark}@example.org"
    if "pass" in small or small in ("pwd", "pw", "confirm", "password2"):
        return PASSWORD
    if "time" in small and "date" not in small and kind != "date-time" and shape != "date-time":
        return "10:00"
    if shape == "date-time" or kind == "date-time":
        return "2031-05-06T10:00:00"
    if (
        "date" in small
        or shape == "date"
        or kind == "date"
        or small in ("day", "due", "birthday", "birth", "dob", "when", "on", "start", "end")
    ):
        return "2031-05-06"
    if "phone" in small or "mobile" in small:
        return "+15550100"
    if "url" in small or small in ("link", "website", "href") or shape in ("uri", "url"):
        return f"https://example.org/{mark}"
    if "color" in small or "colour" in small:
        return "#336699"
    if kind is None and _FLAGS.match(small):
        return bool(_private_flag(small))
    if kind is None and _NUMBERS.search(small):
        return 2
    if small in ("visibility", "privacy"):
        return "private"
    if small in ("username", "user", "login", "handle", "nickname", "slug"):
        return mark
    return f"Probe {mark}"


def _private_flag(small: str) -> bool:
    return "private" in small or small in ("agree", "terms", "accept", "accept_terms", "agreed")


def shows_hash(key: str, value: Any) -> bool:
    """Whether a value of an answer is somebody's password, or what it is checked with."""
    if not isinstance(value, str) or not value:
        return False
    return (
        value == PASSWORD
        or _HASHES.search(value) is not None
        or (
            _SECRET_KEY.match(key) is not None
            and len(value) >= 20
            and re.fullmatch(r"[0-9a-fA-F:$./+=]{20,}", value) is not None
        )
    )


def text_shows_hash(text: str) -> bool:
    return _HASHES.search(text) is not None
