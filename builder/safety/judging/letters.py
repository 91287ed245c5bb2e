"""What is seen of a sentence's spelling: groups of four letters, as numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Final
from zlib import crc32

BUCKETS: Final = 1 << 14
"""Numbers that groups of letters are given; some share one."""
_SIZE: Final = 4
_WORDS: Final = re.compile(r"\w+|[^\w\s]+")


def groups(folded: str) -> dict[int, float]:
    """How much of the folded sentence each group of letters is; the squares come to 1."""
    counts: Counter[int] = Counter()
    for word in _WORDS.findall(folded):
        written = f" {word} ".encode("utf-8", "surrogatepass")
        counts.update(crc32(written[at : at + _SIZE]) % BUCKETS for at in range(max(1, len(written) - _SIZE + 1)))
    length = math.sqrt(sum(count * count for count in counts.values())) or 1.0
    return {group: count / length for group, count in counts.items()}
