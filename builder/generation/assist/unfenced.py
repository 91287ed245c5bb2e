"""Code that a model puts into a fence although it was asked for the code alone."""

from __future__ import annotations

_FENCE = "```"


class Unfenced:
    """Takes the fence around a whole answer away while it arrives. What is written is the answer's own text otherwise, to
    the character."""

    def __init__(self) -> None:
        self._held = ""
        self._begun = self._fenced = False

    def feed(self, text: str) -> str:
        self._held += text
        if not self._begun:
            start = self._held.lstrip()
            if len(start) < len(_FENCE) and _FENCE.startswith(start):
                return ""
            if start.startswith(_FENCE):
                if "\n" not in start:
                    return ""
                self._fenced, self._held = True, start.partition("\n")[2]
            self._begun = True
        if not self._fenced:
            held, self._held = self._held, ""
            return held
        # The last line may turn out to be the end of the fence, and what follows it is nothing then.
        whole = self._held.rstrip()
        before, _, last = whole.rpartition("\n")
        at = len(before) if _FENCE.startswith(last.strip()) else len(whole)
        said, self._held = self._held[:at], self._held[at:]
        return said

    def end(self) -> str:
        """What is left."""
        held, self._held = self._held, ""
        if not self._fenced:
            return held
        said, _, last = held.rstrip().rpartition("\n")
        return said if last.strip() == _FENCE else held


def unfenced(text: str) -> str:
    stream = Unfenced()
    return stream.feed(text) + stream.end()
