"""Whether a package's name looks like that of a popular one: a slip of the keys, another order of its words, letters that
look alike, a scope that is nearly the right one. Pure.

The kinds are those of "Typosquatting" in Taylor et al., SpellBound (2020), and of npm's own rule for new names ("monikers",
which compares without punctuation). A popular name looks like nothing but itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

from builder.base.edit_distance import edit_distance
from builder.safety.packages.popular import Popular, popular
from builder.safety.packages.shapes import Ecosystem

_WORDS: Final = re.compile(r"[^-._/@\s]+")
# So many of the names count as known well enough to be taken for another's: for whole names, and for names with a word
# more, of which there are many honest ones.
_COPIED: Final = 6_000
_DRESSED: Final = 1_500
# A long name is not met by chance: with a word that says nothing it is that package's.
_DRESSED_LONG: Final = 6_000
_LONG: Final = 8
_USUAL: Final = 3  # names in which a word stands before it counts as one that packages are made of
_MADE_UP: Final = frozenset({"js", "node", "nodejs", "npm", "python", "py", "python3", "lib", "pkg", "package"})
# Letters that look alike (Unicode's confusables.txt, those of Latin small letters), and pairs that do.
_ALIKE: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u0261\u0131\u03bf\u03b1\u03c1\u03bd\u03b9\u03ba\u0432\u043a\u043c\u043d\u0442015",
    "aeopcyxijsdqgioapvikbkmhtols",
)
# Keys side by side on a keyboard of the QWERTY kind.
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE: Final = {
    key: "".join(
        other
        for row in _ROWS[max(0, at - 1) : at + 2]
        for place, other in enumerate(row)
        if abs(place - keys.index(key)) <= 1 and other != key
    )
    for at, keys in enumerate(_ROWS)
    for key in keys
}
_SOUNDS: Final = {"a": "e", "e": "ai", "i": "ye", "y": "i", "o": "u", "u": "o", "c": "k", "k": "c", "s": "z", "z": "s"}
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))


@lru_cache(maxsize=4_096)
def lookalike(ecosystem: Ecosystem, name: str) -> str:
    """The popular package that `name` looks like, "" for none and for a popular one."""
    known = popular(ecosystem)
    if name in known.known:
        return ""
    plain = unicodedata.normalize("NFKC", name).lower()
    if plain in known.known:
        return plain
    if name.startswith("@"):
        return _scoped(plain, known)
    index = _index(ecosystem)
    return (
        index.squeezed.get(_squeezed(plain), "")
        or index.skeletons.get(_skeleton(plain), "")
        or index.flat.get(_squeezed(plain), "")
        or _dressed(plain, index)
        or _slip(plain, index)
        or index.sorted.get(_sorted(plain), "")
    )


class _Index:
    """Popular names by the forms in which they are compared."""

    def __init__(self, known: Popular) -> None:
        plain = [name for name in known.names if not name.startswith("@")]
        copied = plain[:_COPIED]
        self.rank = {name: place for place, name in enumerate(plain)}
        self.squeezed = _by(_squeezed, (name for name in copied if len(name) > 3))
        self.skeletons = _by(_skeleton, (name for name in copied if len(name) > 3))
        self.flat = _by(_squeezed, (name for name in known.names if name.startswith("@")))
        self.sorted = _by(_sorted, (name for name in copied if len(_words(name)) > 1))
        self.dressed = frozenset(name for name in plain[:_DRESSED] if len(name) > 3)
        self.dressed |= {name for name in plain[:_DRESSED_LONG] if len(name) >= _LONG}
        self.by_length: dict[int, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for name in copied:
            self.by_length[len(name)].append((name, frozenset(name)))
        used = Counter(word for name in known.names for word in _words(name))
        self._vocabulary = frozenset(word for word, times in used.items() if times >= _USUAL and len(word) > 2)

    def is_meant(self, name: str, other: str) -> bool:
        """Whether what differs are words that packages are made of: `plugin-svg` is no slip of `plugin-svgo`. One that
        differs by its end alone (`route` and `router`) is."""
        ours, theirs = _words(name), _words(other)
        if len(ours) != len(theirs):
            return False
        pairs = [(one, two) for one, two in zip(ours, theirs, strict=True) if one != two]
        return all(one in self._vocabulary and not _same_stem(one, two) for one, two in pairs)


@cache
def _index(ecosystem: Ecosystem) -> _Index:
    return _Index(popular(ecosystem))


def _by(form: object, names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(form(name), name)  # type: ignore[operator]
    return found


def _words(name: str) -> list[str]:
    return _WORDS.findall(name)


def _squeezed(name: str) -> str:
    return "".join(_words(name))


def _sorted(name: str) -> str:
    return " ".join(sorted(_words(name)))


def _skeleton(name: str) -> str:
    text = _squeezed(name).translate(_ALIKE)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text.replace("l", "i")


def _slip(name: str, index: _Index) -> str:
    """The most used name that one slip of the keys makes into `name`, or two where the name is long."""
    letters, found = frozenset(name), ""
    for length in range(len(name) - 2, len(name) + 3):
        for other, theirs in index.by_length[length]:
            if len(letters ^ theirs) > 4 or not _is_slip(name, other) or index.is_meant(name, other):
                continue
            if not found or (_distance(name, other), index.rank[other]) < (_distance(name, found), index.rank[found]):
                found = other
    return found


def _is_slip(name: str, other: str) -> bool:
    """Short names differ by little and are honest: the shorter, the less may differ."""
    shorter = min(len(name), len(other))
    if shorter < 4 or abs(len(name) - len(other)) > (2 if shorter >= 10 else 1):
        return False
    same_start = name[0] == other[0]
    if shorter < 6 and not same_start:
        return False
    distance = _distance(name, other)
    if distance == 1:
        if len(name) == len(other) and sorted(name) != sorted(other):  # another letter in its place
            if shorter == 5:
                return any(
                    a != b and b in _BESIDE.get(a, "") + _SOUNDS.get(a, "") for a, b in zip(name, other, strict=True)
                )
            return shorter >= 6 and (same_start or shorter >= 8)
        if shorter == 4:  # two letters have changed places, or one is there twice
            return len(name) == len(other) or _once(name) == _once(other)
        return True
    if distance > 2 or not same_start:
        return False
    if shorter >= 8 and sorted(name) == sorted(other):  # one letter a little further on
        return True
    if shorter < 10:
        return False
    ours, theirs = _words(name), _words(other)
    pairs = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
    return len(ours) == len(theirs) and all(min(map(len, pair)) > 5 and pair[0][0] == pair[1][0] for pair in pairs)


def _same_stem(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and long[len(short) :] in ("s", "r", "er", "es", "d", "ed", "ing", "js", "x")


def _once(name: str) -> str:
    return re.sub(r"(.)\1", r"\1", name)


def _distance(one: str, other: str) -> int:
    """Up to 2; 3 for more."""
    return edit_distance(one, other, 2)


def _dressed(name: str, index: _Index) -> str:
    """A popular name with a word that says nothing (`lodash-js`, `python-requests`), or with `js` grown onto it."""
    words = _words(name)
    if len(words) > 1:
        for kept in (words[1:] if words[0] in _MADE_UP else (), words[:-1] if words[-1] in _MADE_UP else ()):
            for joined in ("-".join(kept), "".join(kept)):
                if joined in index.dressed:
                    return joined
    bare = re.sub(r"(?:js|py)$", "", name)
    return bare if bare != name and bare in index.dressed else ""


def _scoped(name: str, known: Popular) -> str:
    """Nobody but its owner publishes in a scope that is known; a scope that is nearly known, or that is called like the
    package in it, is another's."""
    scope, _, rest = name[1:].partition("/")
    scopes = _scopes(known)
    if scope in scopes:
        same = [one for one in scopes[scope] if len(rest) > 3 and _is_turned(rest, one)]
        return f"@{scope}/{same[0]}" if len(same) == 1 else ""
    if not rest:
        return ""
    unscoped = {rest, f"{scope}-{rest}"} & known.known
    if unscoped and _words(rest)[:1] == [scope]:
        return rest if rest in unscoped else f"{scope}-{rest}"
    for other, names in scopes.items():
        if _same_scope(scope, other):
            close = [one for one in names if one == rest]
            return f"@{other}/{close[0]}" if close else (f"@{other}/{rest}" if _alike_scope(scope, other) else "")
    if f"{scope}-{rest}" in unscoped:
        return f"{scope}-{rest}"
    return rest if rest in unscoped and re.sub(r"js$", "", scope) == rest else ""


def _is_turned(name: str, other: str) -> bool:
    """Whether two letters of it have changed places, one is there twice, or a hyphen is missing: nobody calls two of their own packages so."""
    return name != other and (
        (sorted(name) == sorted(other) and _distance(name, other) <= 2)
        or _once(name) == _once(other)
        or _squeezed(name) == _squeezed(other)
    )


def _same_scope(scope: str, other: str) -> bool:
    return _core(scope) == _core(other) or _alike_scope(scope, other)


def _alike_scope(scope: str, other: str) -> bool:
    slip = min(len(scope), len(other)) > 4 and _distance(scope, other) == 1 and scope[0] == other[0]
    return _skeleton(scope) == _skeleton(other) or slip


def _core(scope: str) -> str:
    """A scope without the words that are hung onto the name of what it makes."""
    return re.sub(r"(?:js|hq|io|labs|org|app|team|dev)$", "", _squeezed(scope))


@cache
def _scopes(known: Popular) -> dict[str, tuple[str, ...]]:
    found = defaultdict[str, list[str]](list)
    for name in known.names:
        if name.startswith("@"):
            scope, _, rest = name[1:].partition("/")
            found[scope].append(rest)
    return {scope: tuple(names) for scope, names in found.items()}
