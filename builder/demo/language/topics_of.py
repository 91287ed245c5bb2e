"""Which topics of the bank a prompt is about."""

from __future__ import annotations

from builder.demo.language.reading import Reading
from builder.demo.language.topic import Topic, matching

# The least score of a topic: a word of the subject phrase (4) is enough, a word in passing (0.6) is not.
_SURE = 1.4


def topics_of(reading: Reading) -> tuple[Topic, ...]:
    """The one or two topics of the prompt; none when it speaks of something that no topic covers."""
    hits = [h for h in matching(reading.subject, reading.nouns, reading.terms) if h[0] >= _SURE] or [
        h for h in matching("", (), reading.terms) if not reading.subject
    ]
    if not hits:
        return ()
    best, topic = hits[0]
    # A second topic counts only when the person joins two subjects: "coffee and cakes", not "wedding photographer".
    joined = any(t in reading.terms for t in ("and", "plus"))
    return (
        topic,
        *(
            t
            for score, t in hits[1:2]
            if joined
            and score >= max(1.4 if len(reading.terms) < 12 else 4.0, best - 3.5)
            and not t.words & topic.words
        ),
    )
