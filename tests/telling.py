"""What a person is told by what `preview_runtime` raises."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from builder.texts import said


@contextlib.contextmanager
def tells(kind: type[BaseException], pattern: str) -> Iterator[pytest.ExceptionInfo[Any]]:
    """Something of `kind` is raised within, and tells the person what `pattern` finds, in English."""
    with pytest.raises(kind) as raised:
        yield raised
    assert re.search(pattern, said(raised.value.says, "en"))  # type: ignore[attr-defined]
