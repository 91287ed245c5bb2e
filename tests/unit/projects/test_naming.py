from __future__ import annotations

import pytest

from builder.base.errors import BadInput
from builder.projects.naming import MAX_TAG, MAX_TAGS, clean_tags


def test_a_tag_is_kept_once_however_it_is_spelled_and_without_what_nobody_sees() -> None:
    assert clean_tags(["Work", " work ", "", "two  words\n", "Été"]) == ["work", "two words", "Été"]


@pytest.mark.parametrize("tags", [[str(n) for n in range(MAX_TAGS + 1)], ["x" * (MAX_TAG + 1)]], ids=["many", "long"])
def test_too_many_and_too_long_ones_are_refused(tags: list[str]) -> None:
    with pytest.raises(BadInput):
        clean_tags(tags)
