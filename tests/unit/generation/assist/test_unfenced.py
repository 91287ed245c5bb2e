from __future__ import annotations

import pytest

from builder.generation.assist.unfenced import Unfenced, unfenced

CODE = "def f():\n    return 1\n"
CASES = {
    CODE: CODE,
    f"```python\n{CODE}```": CODE.rstrip("\n"),
    f"```\n{CODE}```\n": CODE.rstrip("\n"),
    f"\n```py\n{CODE}\n```": CODE,
    "": "",
    "`": "`",
    "x = `a`\n": "x = `a`\n",
    "```js\nconst a = 1;": "const a = 1;",
    "a\n```\nb\n```\n": "a\n```\nb\n```\n",
    "```md\nSo:\n```js\n1\n```\nend\n```": "So:\n```js\n1\n```\nend",
}


@pytest.mark.parametrize(("said", "code"), CASES.items())
def test_a_fence_around_all_of_it_goes_however_it_arrives(said: str, code: str) -> None:
    assert unfenced(said) == code
    for size in (1, 2, 3, 7):
        stream = Unfenced()
        pieces = [stream.feed(said[at : at + size]) for at in range(0, len(said), size)]
        assert "".join(pieces) + stream.end() == code
