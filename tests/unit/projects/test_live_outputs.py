import pytest

from builder.base.errors import BadInput, Conflict
from builder.projects.live_outputs import LiveOutputs
from preview_runtime.output import OutputFile


def file(size: int = 1, fill: bytes = b"x") -> OutputFile:
    return OutputFile("text/javascript", fill * size)


def test_changes_are_laid_over_what_was_published_before() -> None:
    live = LiveOutputs()
    live.publish("p", 1, True, {"a.js": file(), "b.js": file()})
    live.publish("p", 2, False, {"a.js": file(fill=b"y")}, ["b.js"])
    assert live.find("p") == {"a.js": file(fill=b"y")}


def test_changes_to_what_is_not_here_ask_for_everything() -> None:
    with pytest.raises(Conflict) as refused:
        LiveOutputs().publish("p", 2, False, {"a.js": file()})
    assert refused.value.code == "preview_gone"


def test_memory_stays_bounded_and_the_one_used_last_stays() -> None:
    live = LiveOutputs(outputs=3, total_bytes=1_000)
    for name in "abc":
        live.publish(name, 1, True, {"x": file(300)})
    assert live.find("a") is not None
    live.publish("d", 1, True, {"x": file(300)})
    assert live.find("b") is None
    live.publish("e", 1, True, {"x": file(900)})
    assert [name for name in "abcde" if live.find(name)] == ["e"]


def test_an_output_no_preview_can_need_is_refused() -> None:
    with pytest.raises(BadInput):
        LiveOutputs().publish("p", 1, True, {"x": file(41 * 1024 * 1024)})


def test_a_tab_hears_whether_its_output_was_here_already() -> None:
    live = LiveOutputs()
    assert not live.publish("p", 1, True, {"a.js": file()})
    assert live.publish("p", 1, True, {"a.js": file()})
    assert not live.publish("p", 2, True, {"a.js": file(), "b.js": file()})
    assert not live.publish("p", 3, False, {"a.js": file(fill=b"y")})
    assert not live.publish("q", 1, True, {"a.js": file(fill=b"y")})
