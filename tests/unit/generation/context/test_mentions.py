"""Files that a person names with an @ come before all others in what a model is shown."""

from __future__ import annotations

import pytest

from builder.generation.context.choice import choose
from builder.generation.context.ranking import mentions

from .large_project import large_project


@pytest.mark.parametrize("prompt", ["@src/a.ts", "make @src/a.ts, blue", "in @src/a.ts.", "(see) @src/a.ts\nnow"])
def test_a_file_is_named_by_an_at_sign_before_its_path(prompt: str) -> None:
    assert mentions(prompt, "src/a.ts")


@pytest.mark.parametrize("prompt", ["src/a.ts", "@src/a.tsx", "me@src/a.ts", "@src/a.ts/b", "@src/a.ts.bak"])
def test_another_path_or_an_address_is_not_that_file(prompt: str) -> None:
    assert not mentions(prompt, "src/a.ts")


def test_of_a_large_project_any_file_that_is_named_is_shown() -> None:
    prompt = "make it shorter"
    shown = set(choose(large_project(), prompt, low_tokens=8_000).files)
    left = [path for path in large_project() if path.endswith(".tsx") and path not in shown]
    assert len(left) > 10
    for path in left[::7]:
        assert path in choose(large_project(), f"{prompt} @{path}", low_tokens=8_000).files
