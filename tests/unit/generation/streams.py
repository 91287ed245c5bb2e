"""Feeding answers to a `FileTreeStream` in pieces."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise

from builder.generation.draft import Draft
from builder.generation.file_tree_stream import FileText, FileTreeStream, MalformedTree, TreeEvent, TruncatedTree

Outcome = tuple[list[TreeEvent], Draft | tuple[int, str]]
_EVERY_CUT = 120  # characters; longer answers are cut at seeded places


def events_of(stream: FileTreeStream, chunks: list[str]) -> list[TreeEvent]:
    """What the pieces decided, with the pieces of a text put together."""
    return joined(event for chunk in chunks for event in stream.feed(chunk))


def joined(events: Iterable[TreeEvent]) -> list[TreeEvent]:
    """The events with the pieces of a text put together."""
    joined: list[TreeEvent] = []
    for event in events:
        last = joined[-1] if joined else None
        if isinstance(event, FileText) and isinstance(last, FileText) and last.path == event.path:
            joined[-1] = FileText(event.path, last.text + event.text)
        else:
            joined.append(event)
    return joined


def outcome(chunks: list[str], *, talk: bool = False) -> Outcome:
    """What is read of the pieces, and what ends it: a Draft, or a fault with its place."""
    stream = FileTreeStream(talk=talk)
    events: list[TreeEvent] = []
    try:
        for chunk in chunks:
            events += stream.feed(chunk)
        return joined(events), stream.close()
    except MalformedTree as fault:
        return joined([*events, *fault.events]), (fault.offset, fault.message)
    except TruncatedTree as fault:
        return joined(events), fault.partial


def same_however_cut(text: str, *, talk: bool = False) -> Draft:
    """The Draft of `text`, after seeing that it and its events are the same however it is cut."""

    def read(chunks: list[str]) -> tuple[list[TreeEvent], Draft]:
        stream = FileTreeStream(talk=talk)
        events = events_of(stream, chunks)
        assert stream.characters == len(text)
        return events, stream.close()

    whole = read([text])
    assert read(list(text)) == whole
    draw = random.Random(len(text))
    places = range(1, len(text)) if len(text) <= _EVERY_CUT else draw.sample(range(1, len(text)), 30)
    for place in places:
        assert read([text[:place], text[place:]]) == whole
    for _ in range(5):
        cuts = sorted([0, *draw.sample(range(len(text) + 1), min(8, len(text) + 1)), len(text)])
        assert read([text[a:b] for a, b in pairwise(cuts)]) == whole
    return whole[1]
