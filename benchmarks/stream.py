"""Reading a 320 kB answer that arrives in 20-character pieces: FileTreeStream next to what others do.

The baselines parse the whole text so far again at each piece, as the SDKs' helpers and most builders do. jiter runs in
full; json_repair is quadratic with a large factor, so it is timed on a prefix of the answer and its time for all of it
is extrapolated from the cost per character re-read (stated as `json_repair_sampled_characters`).
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable

import jiter
import json_repair

from benchmarks._harness import finish, say
from builder.base.settings import ROOT
from builder.generation.file_tree_stream import FileTreeStream

CHUNK = 20
SMALL_CHUNK = 6
SIZE = 320_000
FILES = 10
RUNS = 7
REPAIR_CHARACTERS = 12_000


def document() -> str:
    """A Draft of ten files, 320,000 characters of JSON in all, made of real source text."""
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "builder").rglob("*.py")))
    source = source * (1 + SIZE // len(source))
    files, left = {}, SIZE - 100
    for number in range(FILES):
        text = source[number * 17_000 :][: left // (FILES - number)]
        while len(json.dumps(text)) > left // (FILES - number):
            text = text[:-200]
        files[f"src/part{number}.py"] = text
        left -= len(json.dumps(text)) + 24
    return json.dumps({"title": "Benchmark", "files": files})


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    text = document()
    chunks, small = ([text[at : at + size] for at in range(0, len(text), size)] for size in (CHUNK, SMALL_CHUNK))
    say(f"{len(text):,} characters in {len(chunks):,} pieces")
    scanned = 0.0

    def ours(pieces: list[str]) -> None:
        nonlocal scanned
        stream = FileTreeStream()
        for piece in pieces:
            stream.feed(piece)
        assert len(stream.close().files) == FILES
        scanned = stream.bytes_scanned / stream.characters

    def with_jiter() -> None:
        raw = bytearray()
        for chunk in chunks:
            raw += chunk.encode()
            jiter.from_json(bytes(raw), partial_mode="trailing-strings")

    def with_repair() -> None:
        seen = ""
        for chunk in chunks[: REPAIR_CHARACTERS // CHUNK]:
            seen += chunk
            json_repair.loads(seen)

    own_small = min(seconds(lambda: ours(small)) for _ in range(RUNS))
    own = min(seconds(lambda: ours(chunks)) for _ in range(RUNS))
    say(f"FileTreeStream: {own * 1e3:.1f} ms, in pieces of {SMALL_CHUNK} characters {own_small * 1e3:.1f} ms")
    other = seconds(with_jiter)
    say(f"jiter, partial, again at each piece: {other * 1e3:.0f} ms")
    sample = seconds(with_repair)
    say(f"json_repair on the first {REPAIR_CHARACTERS:,} characters: {sample * 1e3:.0f} ms")
    repair = sample * (len(text) / REPAIR_CHARACTERS) ** 2
    megabytes = len(text) / 1e6
    finish(
        "stream",
        {
            "mb_per_s": round(megabytes / own, 1),
            "mb_per_s_6": round(megabytes / own_small, 1),
            "ratio_vs_jiter": round(other / own, 1),
            "ratio_vs_json_repair": round(repair / own),
            "bytes_scanned_ratio": round(scanned, 2),
        },
        {
            "jiter_mb_per_s": round(megabytes / other, 3),
            "json_repair_mb_per_s": round(megabytes / repair, 5),
            "json_repair_sampled_characters": REPAIR_CHARACTERS,
        },
        RUNS,
    )


if __name__ == "__main__":
    main()
