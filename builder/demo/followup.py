"""A follow-up: splits it into requests and lets each command see whether it is its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from builder.demo.commands import colouring, entries, measuring, naming, resubject, reverting, rewriting, sectioning
from builder.demo.language.lexicon import BACKEND
from builder.demo.language.telling import needs
from builder.demo.starters.project import AdaptedProject, Did, Result
from builder.demo.starters.starter import StarterFiles
from builder.texts import t
from preview_runtime.file_tree import FileTree

MAX_READ: Final = 2_000  # characters of a follow-up
Command = Callable[[str, AdaptedProject], Result]
# The first command that recognises a clause gets it, so the most specific commands come first.
COMMANDS: Final[tuple[Command, ...]] = (
    reverting.back, resubject.about, naming.rename_entry, naming.rename, entries.mark, colouring.mode, sectioning.move, measuring.number, measuring.size, measuring.currency, rewriting.set_text,
    sectioning.remove, entries.remove, entries.add, sectioning.add, colouring.recolour, rewriting.replace,
)  # fmt: skip
_VERBS: Final = "add|remove|delete|make|change|rename|use|hide|show|switch|turn|set|call|replace|put|move|include|drop|give|swap|increase|decrease|insert|enable|disable|get rid|bring|update|translate|name|darken|lighten|take|mark|tick|check off|undo|revert|round the|sharpen"
_SPLIT: Final = re.compile(
    rf"(?:[,;]|\.(?=\s|$)|!|\?|\n)\s{{0,2}}(?:and |also |then |please |and also |and then ){{0,3}}(?={_VERBS}|dark|light|bigger|rounder|no )|\s{{1,2}}(?:and|then|also|plus)\s{{1,2}}(?:also |then |please ){{0,3}}(?=(?:{_VERBS})\b|(?:a )?(?:dark|light|night) (?:mode|theme)|(?:bigger|larger|smaller|rounder|rounded|sharper|sharp)\b)|\s{{1,2}}and\s{{1,2}}(?=the (?:font|corners)\b)|\s{{1,2}}with\s{{1,2}}(?=(?:rounded|rounder|sharp|bigger|larger|smaller)\b)|[.!;\n]\s{{1,2}}|(?<![.!\n])[.!\n]++$",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"[\"“«][^\"“”«»]*[\"”»]")
_POLITE: Final = re.compile(
    r"^(?:hey|hi|hello|ok(?:ay)?|great|nice|cool|thanks|thank you|perfect|now|so|well|and|also|then|but|please|pls|can you|could you|would you|will you|can we|could we|let's|lets|i(?:'d| would) like (?:you )?to|i want (?:you )?to|i'd like|"
    r"i want|we need to|we should|you should|maybe|perhaps|just|actually|kindly|por favor|bitte)\b[,:!]?\s*",
    re.IGNORECASE,
)
_FOREIGN: Final = (
    (r"\b(?:mude|muda|altere|altera|troque|troca|cambia|coloque|põe|ponha)\b", "change"), (r"\b(?:adicione|adiciona|acrescente|acrescenta|inclua|añade|agrega|ajoute|füge)\b", "add"), (r"\b(?:remova|remove|retire|tire|tira|apague|elimina|quita|supprime|entferne)\b", "remove"),
    (r"\b(?:aumente|aumenta)\b", "increase"), (r"\b(?:diminua|diminui|reduza)\b", "decrease"), (r"\b(?:mostre|mostra)\b", "show"), (r"\b(?:esconda|esconde|oculte)\b", "hide"), (r"\bme chame de\b|\bchame(?: de| ele de)?\b", "call it"),
    (r"\bo nome (?:para|de|do app para)\b", "the name to"), (r"\b(?:texto|letras)\b", "text"), (r"\bmaior(?:es)?\b", "bigger"), (r"\bmenor(?:es)?\b", "smaller"), (r"\bcantos\b", "corners"), (r"\bmais redondos\b|\barredondados\b", "rounder"),
    (r"\boutra fonte\b|\ba fonte\b", "another font"), (r"\bfonte\b", "font"), (r"\bmoeda\b", "currency"), (r"\breais\b", "reais"), (r"\bestatísticas\b|\bnúmeros\b", "stats"), (r"\bperguntas(?: frequentes)?\b", "faq"), (r"\bpreços\b", "pricing"),
    (r"\bdepoimentos\b", "testimonials"), (r"\batividades?\b", "activity"), (r"\bfiltros\b", "filters"), (r"\bbusca\b", "search"), (r"\bcontato\b", "contact"), (r"\b(?:a |uma )?seção (?:de |d[ao]s? )?(\w+)\b", r"the \1 section"), (r"\b(?:a )?cor(?: principal)?\b", "the colour"),
    (r"\b(?:uma|um)\b", "a"), (r"\b(?:renomeie|renomeia|renombra|renomme)\b", "rename"), (r"\b(?:deixe|deixa|faça|faz|torne|haz|rends|mache)\b", "make"), (r"\b(?:o|a|os|as|el|la|le|les|das|den|die)\b", "the"), (r"\bpara\b", "to"), (r"\b(?:cabeçalho|encabezado|en-tête)\b", "header"),
    (r"\b(?:fundo|fondo|fond)\b", "background"), (r"\b(?:botões|botão|botones)\b", "buttons"), (r"\bmodo escuro\b|\bmodo oscuro\b", "dark mode"), (r"\bmodo claro\b", "light mode"), (r"\b(?:à|ao|na|no) lista\b", "to the list"), (r"\b(?:a aplicação|o aplicativo|o app)\b", "the app"), (r"\be\b", "and"),
)  # fmt: skip
_MEND: Final = re.compile(
    r"(?:please |can you |could you )*(?:fix|repair|debug|mend|solve|correct)\b.{0,60}\b(?:errors?|bugs?|problems?|crash|faults?|exceptions?|broken)\b",
    re.IGNORECASE,
)


@dataclass
class Outcome:
    """The result of a follow-up: new texts of changed files, what was done, and what could not be done; `title`: the app's
    new name."""

    files: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    thanked: bool = False
    title: str = ""


def follow(prompt: str, tree: FileTree, starters: Mapping[str, StarterFiles]) -> Outcome:
    """Apply `prompt` to `tree`."""
    project = AdaptedProject(tree, starters)
    outcome = Outcome()
    if _MEND.match(prompt.strip()):
        # The rest is an error message that the person pasted: none of it is a wish.
        outcome.notes = [t("demo.no_mending")]
        return outcome
    outcome.thanked = bool(
        re.fullmatch(
            r"(?:thanks?|thank you|thx|ty|great|perfect|nice|awesome|cool|love it|looks? (?:good|great|nice)|obrigad[oa])(?: so much| a lot| you| it)?[.! ]*",
            prompt.strip(),
            re.IGNORECASE,
        )
    )
    subject = ""
    for clause in clauses(prompt):
        result = _answer(clause, project)
        if result is None and subject and not re.match(_VERBS, clause, re.IGNORECASE):
            result = _answer(f"{subject} {clause}", project)
        if isinstance(result, Did):
            outcome.done.append(result.what)
            outcome.title = result.title or outcome.title
            subject = (
                m[0]
                if (m := re.match(r"(?:add|remove|delete|make|change|hide|show|use)\b", clause, re.IGNORECASE))
                else subject
            )
        elif result is not None:
            outcome.notes.append(result.why)
        else:
            outcome.notes.append(_beyond(clause))
    outcome.notes = list(dict.fromkeys(n for n in outcome.notes if n))
    outcome.files = project.changed()
    if outcome.done and not outcome.files:
        outcome.notes, outcome.done, outcome.title = [t("demo.already")], [], ""
    return outcome


def clauses(prompt: str) -> list[str]:
    """The single requests in a message; quoted text is never split."""
    text = prompt[:MAX_READ].replace("’", "'").strip()
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[0])
        return f"\x00{len(held) - 1}\x00"

    # The commands' patterns read text with at most two white spaces in a row.
    pieces = _SPLIT.split(re.sub(r"\s{2,}", _shorter, _QUOTED.sub(hold, text)))
    restored = (re.sub("\x00(\\d+)\x00", lambda m: held[int(m[1])], p) for p in pieces if p)
    return [c for c in (_plain(p) for p in restored) if c]


def _shorter(spaces: re.Match[str]) -> str:
    return "\n\n" if "\n" in spaces[0] else " "


def _plain(clause: str) -> str:
    text = clause.strip(" ,.!?\n\t")
    while (cut := _POLITE.sub("", text, count=1)) != text:
        text = cut
    text = re.sub(r"(?<![ ,])[ ,]++(?:please|pls|thanks|thank you)$", "", text.strip(" ,.!?"), flags=re.IGNORECASE)
    return (
        f"add {text}"
        if re.match(
            r"(?:(?:a few|some|one|two|three|four|five|\d+) )?(?:more|extra|additional)\s+\w+$|another\s+\w+$",
            text,
            re.IGNORECASE,
        )
        else text
    )


def _answer(clause: str, project: AdaptedProject) -> Result:
    if re.match(r"(?:why|what|who|when|where|how|is|are|does|do you|did)\b", clause, re.IGNORECASE):
        return None
    readings = [clause]
    english = clause
    for pattern, word in _FOREIGN:
        english = re.sub(pattern, word, english, flags=re.IGNORECASE)
    if re.search(
        r"\b(?:aumente|diminua|reduza|mostre|esconda|oculte|chame|use|cantos|mude|muda|altere|troque|cambia|coloque|adicione|adiciona|acrescente|inclua|añade|ajoute|remova|retire|tire|apague|renomeie|renombra|renomme|deixe|faça|torne|modo|haz|mache|füge|elimina)\b",
        clause,
        re.IGNORECASE,
    ):
        readings.append(english)
    for reading in reversed(readings):
        for command in COMMANDS:
            result = command(reading, project)
            if result is not None:
                return result
    return None


def _beyond(clause: str) -> str:
    """A sentence on a clause that no command knew; empty for small talk."""
    terms = set(re.findall(r"[a-z-]+", clause.lower()))
    servers = [label for label, known in BACKEND.items() if known & terms]
    if len(terms) < 2 and not servers:
        return ""
    shown = clause if len(clause) <= 60 else clause[:57].rsplit(" ", 1)[0] + "…"
    if servers:
        return t("demo.beyond.needs", what=shown, needs=needs(servers[:1])[0])
    return t("demo.beyond.this", what=shown)
