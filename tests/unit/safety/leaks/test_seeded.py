"""How many of the seeded secrets are found, and how many honest files are held back."""

from __future__ import annotations

from builder.safety.leaks.scan import leaks_in
from tests.unit.safety.leaks.seeded import clean, leaks
from tests.unit.safety.leaks.values import filled


def blocking(path: str, text: str, seed: int) -> list[str]:
    return [leak.kind for leak in leaks_in(path, filled(text, seed)) if leak.sure]


def test_of_seeded_secrets_99_of_100_are_found() -> None:
    missed = [name for seed, (name, path, text) in enumerate(leaks()) if not blocking(path, text, seed)]
    total = len([*leaks()])
    assert total >= 200
    assert len(missed) <= total // 100, missed


def test_of_honest_files_at_most_2_of_100_are_held_back() -> None:
    held = [(name, got) for seed, (name, path, text) in enumerate(clean()) if (got := blocking(path, text, seed))]
    total = len([*clean()])
    assert total >= 100
    assert len(held) <= total // 50, held
