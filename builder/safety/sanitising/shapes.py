"""What secrets, places and control characters look like, so that they are found in a whole text and in a stream."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from builder.safety.keys.forms import FORMS, KeyForm
from builder.safety.verdicts import Category

MOST_SHAPE: Final = 192
"""Characters of the longest `keep` and `head` together, with what they look ahead at."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`keep` stays, `head` makes it what it is, and as many characters of the class `tail` as follow go with it.

    `head` has a longest match (see `MOST_SHAPE`). `needles`: one of these is in every match, in small letters.
    `until`: what ends the tail, for what lies in several lines.
    """

    category: Category
    says: str
    needles: tuple[str, ...]
    head: str
    tail: str = ""
    keep: str = ""
    until: str = ""

    @property
    def whole(self) -> str:
        rest = f"(?:{self.tail}*)" if self.tail and not self.until else ""
        return f"{self.head}{rest}"


def _token(needles: str, head: str, tail: str = "", *, keep: str = "", until: str = "") -> Shape:
    return Shape(Category.TOKEN, "[token]", tuple(needles.split()), head, tail, keep, until)


def _of_form(form: KeyForm) -> Shape:
    """A key of known length ends where it ends; of others all that follows goes along."""
    fixed = form.least == form.most
    front = form.before or f"(?<![A-Za-z0-9]){form.spoken}"
    head = f"{front}{form.start}{form.inner}{form.of}{{{form.least}}}{form.end if fixed else ''}"
    return Shape(Category.TOKEN, "[token]", form.needles, head, "" if fixed and form.end else form.of)


_START: Final = r"(?<![\w-])"
# What stands where a secret would in examples.
_NO_EXAMPLE: Final = (
    r"(?!(?i:your|example|placeholder|change|password|passwd|secret|postgres|root|admin|user|test|xxx|my[_-])"
    r"[\w-]{0,24}[\"'@\s])(?![<$\[{%*.…])"
)
SECRETS: Final = (
    *map(_of_form, (form for form in FORMS if form.streamed)),
    _token("eyj", _START + r"eyJ[\w-]{10,120}\.eyJ[\w-]{10}", r"[\w.-]"),
    _token("eyj", _START + r"eyJ[\w-]{150}", r"[\w.-]"),
    _token(
        "private key-----",
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:\s|\\[nr]){1,8}[A-Za-z0-9+/=:,-]{3}",
        r"[A-Za-z0-9+/=\s\\:,.-]",
        until=r"-----END [A-Z ]{0,30}PRIVATE KEY-----",
    ),
    _token("bearer", r"(?=[\w.~+/-]{0,60}\d)[\w.~+/-]{20}", r"[\w.~+/=-]", keep=r"(?<!\w)(?i:bearer)[ \t]{1,3}"),
    _token(
        "://", _NO_EXAMPLE + r"[^\s:@/\"'`<>]{4,60}(?=@[\w\[])", keep=r"(?<=://)[^\s:@/\"'`<>]{1,60}:",
    ),
    # A long literal given to something that is called a secret.
    _token(
        "key secret token passw credential senha",
        r"[^\"'\s]{12}(?=[^\"'\s]{0,40}[\"'\w])", r"[^\"'\s]",
        keep=r"(?i:api[_-]?key|secret|token|passw(?:or)?d|credential|senha)[\w-]{0,40}[\"']?\s{0,8}[:=]\s{0,8}[\"']" + _NO_EXAMPLE,
    ),
    _token(
        "key= token= secret= password= passwd=",
        r"[^\s\"'`$<{}()]{8}", r"[^\s\"'`]",
        keep=r"(?<![\w.])[A-Z][A-Z0-9_]{0,40}(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)=" + _NO_EXAMPLE + r"(?=[^\s\"'`]{0,40}\d)",
    ),
)  # fmt: skip

_HOME: Final = r"(?:~|\$HOME|/root|/(?:home|Users)/[\w.-]{1,32}|[A-Za-z]:[\\/]Users[\\/][\w.-]{1,32})"
_PRIVATE: Final = (
    r"\.(?:claude(?:\.json)?|codex|gemini|aws|ssh|azure|kube|gnupg|netrc|pgpass|git-credentials"
    r"|config/(?:gh|gcloud|claude)|docker/config\.json)"
)
_BELOW: Final = r"(?:[\\/][\w.-]{0,24}[\w-]){0,3}"
_OF_PROJECT: Final = (
    r"(?:src|public|server|client|components|pages|lib|tests?|walks|data|assets|static|templates|styles|scripts|api"
    r"|backend|frontend|node_modules)"
)
_FOLDERS: Final = rf"(?:(?!{_OF_PROJECT}[\\/])[\w.@-]{{1,28}}[\\/]){{0,4}}"
_PATH_START: Final = r"(?<![\w.~/:@-])(?:file://)?"


def _config(needles: str, head: str) -> Shape:
    return Shape(Category.CONFIG, "[config]", tuple(needles.split()), head)


def _path(needles: str, head: str) -> Shape:
    return Shape(Category.PATH, "", tuple(needles.split()), head + r"(?=[\w.@])")


def _internal(needles: str, head: str, tail: str = "", *, keep: str = "") -> Shape:
    return Shape(Category.INTERNAL, "", tuple(needles.split()), head, tail, keep)


def _assistant(needles: str, head: str) -> Shape:
    return Shape(Category.ASSISTANT, "[assistant]", tuple(needles.split()), head)


_FLAG: Final = (
    r"(?:[ \t]{1,2}(?:-[pcr](?![\w-])|--[a-z][a-z-]{1,28})"
    r"(?:[= ](?:stream-json|json|text|sonnet|opus|haiku|plan|acceptEdits|bypassPermissions|default))?)"
)
PLACES: Final = (
    _config(".", rf"(?<![\w/\\]){_HOME}[\\/]{_PRIVATE}(?![\w-]){_BELOW}"),
    _config(".claude/", r"(?<![\w/])\.claude/(?:\.credentials|settings|projects|plugins)(?:[./][\w-]{1,30}){0,3}"),
    _config("/proc/", r"(?<![\w.])/proc/(?:self|\d{1,7})/(?:environ|cmdline|root|fd|maps)(?!\w)"),
    _config("/etc/ /run/secrets", r"(?<![\w.])(?:/etc/(?:shadow|sudoers)(?!\w)|(?:/var)?/run/secrets(?!\w)" + _BELOW + ")"),
    _assistant("claude", rf"(?<![\w./@-])(?:npx[ ](?:-y[ ])?)?(?:@anthropic-ai/)?claude(?:-code)?{_FLAG}{{1,3}}"),
    _assistant("@anthropic-ai/claude-code", r"(?:npx[ ](?:-y[ ])?)?@anthropic-ai/claude-code(?![\w-])"),
    _assistant("codex gemini", rf"(?<![\w./@-])(?:codex[ ]exec|gemini|codex){_FLAG}{{1,3}}"),
    _path("/usr/src/ /workspace", _PATH_START + r"/(?:usr/src/app|usr/src|workspaces?)/"),
    _path("/home/ /users/ /root/", _PATH_START + rf"/(?:(?:home|Users)/[\w.-]{{1,32}}|root)/{_FOLDERS}"),
    _path("/var/ /srv/ /opt/ /mnt/", _PATH_START + rf"/(?:var/(?:lib|www|task)|srv|opt|mnt/[\w-]{{1,16}})/{_FOLDERS}"),
    _path("/tmp/ /private/", _PATH_START + rf"(?:/private)?/(?:tmp|var/folders)/(?:[\w.-]{{1,40}}/){_FOLDERS}"),  # noqa: S108  # what is looked for
    _path("/app/", _PATH_START + r"/app/(?=(?:[\w.@-]{1,28}/){0,3}[\w@-]{1,28}\.[a-z]{1,5}(?!\w))"),
    _path(":", rf"(?<!\w)[A-Za-z]:[\\/]{{1,2}}Users[\\/]{{1,2}}[\w.-]{{1,32}}[\\/]{{1,2}}{_FOLDERS}"),
    _internal(
        "10. 192. 172. 169.",
        r"(?<![\w.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.\d{1,3}\.\d{1,3}(?::\d{1,5})?(?!\.?\d)",
    ),
    _internal(".internal .cluster.local", r"(?<![\w.-])(?:[\w-]{1,30}\.){1,4}(?:internal|cluster\.local)(?::\d{1,5})?(?![\w-])"),
    _internal("container docker", r"[0-9a-f]{12,64}(?!\w)", keep=r"(?i:container|docker)(?:[ ]id)?[ /:=\"'-]{1,3}"),
    _internal(
        "=", r"(?:HOSTNAME|PATH|HOME|PWD|OLDPWD|SHLVL|LANG|LC_ALL|USER|LOGNAME|SHELL|TERM|NODE_VERSION|YARN_VERSION"
        r"|PYTHON_VERSION|GPG_KEY|KUBERNETES_[A-Z_]{1,30}|[A-Z]{2,20}_PORT_\d{1,5}_TCP[A-Z_]{0,8})=\S", r"[^\n]",
        keep=r"(?<![^\n])",
    ),
)  # fmt: skip
CONTROL: Final = (
    Shape(Category.CONTROL, "", ("\x1b", "\x9b"), r"(?:\x1b\[|\x9b)[0-?]{0,32}[ -/]{0,4}[@-~]"),
    Shape(Category.CONTROL, "", ("\x1b",), r"\x1b[\]PX^_]", r"[^\x07\x1b\n]"),
    Shape(Category.CONTROL, "", ("\x1b",), r"\x1b[ -/]{0,2}[0-Z\\^-~]"),
    Shape(Category.CONTROL, "", (), r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
)
TALK: Final = (*SECRETS, *PLACES, *CONTROL)
"""All that is taken out of what models and tools say."""


class Finds:
    """The matches of `shapes` in one text, leftmost first and then in the shapes' order, without their tails."""

    def __init__(self, shapes: tuple[Shape, ...], text: str) -> None:
        small = text.lower()
        self._text = text
        self._shapes = [one for one in shapes if not one.needles or any(needle in small for needle in one.needles)]
        self._next: list[re.Match[str] | None] | None = None

    def after(self, at: int) -> tuple[Shape, re.Match[str]] | None:
        """The first match at or behind `at`, which never goes back; its group 1 is what is kept."""
        if self._next is None:
            self._next = [_expression(one).search(self._text, at) for one in self._shapes]
        best: tuple[Shape, re.Match[str]] | None = None
        for place, shape in enumerate(self._shapes):
            found = self._next[place]
            if found and found.start() < at:
                found = self._next[place] = _expression(shape).search(self._text, at)
            if found and (best is None or found.start() < best[1].start()):
                best = shape, found
        return best


@cache
def _expression(shape: Shape) -> re.Pattern[str]:
    return re.compile(f"({shape.keep}){shape.head}")


_PARTS: Final = re.compile(
    r"(?P<behind>\(\?<[=!][^()]*\))|(?P<ahead>\(\?[=!])|(?P<group>\((?:\?[a-z]*:|\?P<\w+>)?)|(?P<close>\))"
    r"|(?P<edge>\\[bB])|(?P<atom>\[(?:\\.|[^\]\\])*\]|\\x[0-9a-f]{2}|\\.)|(?P<sign>\||[*+?]|\{\d+(?:,\d*)?\})|(?P<one>.)",
    re.DOTALL,
)


def begun(shapes: tuple[Shape, ...]) -> re.Pattern[str]:
    r"""What finds, at the end of a text, the first place where one of the shapes may have begun.

    Every character of a pattern may also be the end of the text: `ab` becomes `(?:a|\Z)(?:b|\Z)`. What is looked ahead at
    may reach the end instead of the rest.
    """
    made: list[str] = []
    closing: list[str] = []
    for part in _PARTS.finditer("|".join(one.keep + one.head for one in shapes)):
        text = part[0]
        match part.lastgroup:
            case "behind" | "sign":
                made.append(text)
            case "ahead":
                made.append("(?:(?:")
                closing.append(r")\Z|)")
            case "group":
                made.append(text if re.fullmatch(r"\(\?[a-z]+:", text) else "(?:")
                closing.append(")")
            case "close":
                made.append(closing.pop())
            case "atom" | "one":
                made.append(rf"(?:{text}|\Z)")
    return re.compile(rf"(?:{''.join(made)})\Z")
