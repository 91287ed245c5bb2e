import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.base.errors import Conflict, NotFound
from builder.projects.working import overlaid, rebased, write
from preview_runtime.file_tree import InvalidTree
from tests.telling import tells

HEAD = {"a.txt": "1", "src/b.txt": "2", "src/c.txt": "3"}


def tree_after(head: dict[str, str], overlay: dict[str, str | None], done: object) -> dict[str, str]:
    kept = {path: sha for path, sha in overlay.items() if path not in done.unset} | done.set  # type: ignore[attr-defined]
    return overlaid(head, kept)


def test_typing_back_what_the_head_has_leaves_nothing_to_save() -> None:
    done = write(HEAD, {"a.txt": "x"}, {"a.txt": "1"})
    assert (done.set, done.unset, done.put) == ({}, ["a.txt"], ["a.txt"])


def test_a_renamed_folder_takes_its_files_along() -> None:
    done = write(HEAD, {}, {}, rename={"src": "lib"})
    assert tree_after(HEAD, {}, done) == {"a.txt": "1", "lib/b.txt": "2", "lib/c.txt": "3"}
    assert done.moved == {"lib/b.txt": "src/b.txt", "lib/c.txt": "src/c.txt"}
    assert sorted(done.deleted) == ["src/b.txt", "src/c.txt"]


def test_deleting_a_folder_deletes_what_is_in_it_and_doing_so_twice_is_no_error() -> None:
    done = write(HEAD, {}, {}, delete=["src"])
    assert tree_after(HEAD, {}, done) == {"a.txt": "1"}
    assert write(HEAD, done.set, {}, delete=["src"]).set == {}


def test_renaming_what_is_not_there_says_so() -> None:
    with pytest.raises(NotFound, match=r"nope\.txt"):
        write(HEAD, {}, {}, rename={"nope.txt": "x.txt"})


@pytest.mark.parametrize("path", ["../x", "/x", "a\0b", "CON", "src", "a.txt/b", "x" * 300])
def test_a_path_no_project_may_hold_is_refused(path: str) -> None:
    with pytest.raises(InvalidTree):
        write(HEAD, {}, {path: "9"})


def test_a_file_that_another_system_takes_for_one_of_the_project_is_refused_in_a_sentence() -> None:
    with tells(InvalidTree, r"“A\.txt” and “a\.txt” differ only in capital letters"):
        write(HEAD, {}, {"A.txt": "9"})
    with tells(InvalidTree, "differ only in capital letters"):
        write(HEAD, {}, {}, rename={"a.txt": "SRC/B.txt"})
    with tells(InvalidTree, "accents written in two ways"):
        write({"caf\u00e9.txt": "1"}, {}, {"cafe\u0301.txt": "9"})


def test_a_file_is_renamed_to_other_capital_letters() -> None:
    assert tree_after(HEAD, {}, write(HEAD, {}, {}, rename={"a.txt": "A.txt"})).keys() == {"A.txt", *HEAD} - {"a.txt"}
    assert tree_after(HEAD, {}, write(HEAD, {}, {"A.txt": "1"}, delete=["a.txt"])).keys() == {"A.txt", *HEAD} - {
        "a.txt"
    }


def test_a_project_that_holds_such_files_already_can_still_be_typed_in_and_put_right() -> None:
    head = {"a.txt": "1", "A.txt": "2"}
    assert write(head, {}, {"a.txt": "typed", "other.txt": "3"}).put == ["a.txt", "other.txt"]
    assert write(head, {}, {}, rename={"A.txt": "b.txt"}).put == ["b.txt"]


def test_without_a_base_what_another_typed_is_moved_and_never_lost() -> None:
    head, overlay = {"a": "1", "b": "1"}, {"a": "2", "d": None}
    assert write(head, overlay, {"b": "3"}, typed=["a"]).set == {"b": "3"}
    assert write(head, overlay, {"a": "2"}, typed=["a"]).set == {}
    assert write(head, overlay, {"a": "3"}, rename={"a": "c"}, typed=["a"]).set == {"a": "3", "c": "2"}
    for put, delete, rename in [
        ({"a": "1"}, (), {}),
        ({}, ("a",), {}),
        ({}, (), {"b": "a"}),
        ({}, ("c",), {"a": "c"}),
        ({"c": "3"}, (), {"a": "c"}),
    ]:
        with pytest.raises(Conflict) as caught:
            write(head, overlay, put, delete, rename, typed=["a"])
        assert caught.value.details == {"digests": {"a": "2"}}


def test_both_sides_of_a_rebase_are_kept_where_they_touch_different_files() -> None:
    base = {"a": "1", "b": "1", "c": "1"}
    typed = {"a": "typed", "b": "1", "c": "1", "mine": "1"}
    generated = {"a": "1", "b": "generated", "theirs": "1"}
    assert rebased(typed, base, generated) == {"a": "typed", "b": "generated", "mine": "1", "theirs": "1"}


paths = st.sampled_from(["a", "b", "d/e", "d/f", "g/h/i"])
shas = st.sampled_from(["1", "2", "3"])


@given(st.dictionaries(paths, shas), st.lists(st.tuples(st.dictionaries(paths, shas), st.lists(paths))))
def test_any_writes_lead_to_the_same_tree_as_on_plain_files(
    head: dict[str, str], writes: list[tuple[dict[str, str], list[str]]]
) -> None:
    overlay: dict[str, str | None] = {}
    expected = dict(head)
    for put, delete in writes:
        done = write(head, overlay, put, delete)
        overlay = {path: sha for path, sha in overlay.items() if path not in done.unset} | done.set
        expected = {path: sha for path, sha in expected.items() if path not in delete} | put
        assert overlaid(head, overlay) == expected
        assert all(head.get(path) != sha for path, sha in overlay.items())


def test_a_name_with_half_a_character_is_no_files() -> None:
    """It can be sent as JSON, and could not be said in an answer."""
    done = write({"a": "1"}, {}, {}, delete=["a\udfff", "a"])
    assert done.digests == {"a": None}
    with pytest.raises(NotFound):
        write({"a": "1"}, {}, {}, rename={"b\udfff": "c"}, base={"b\udfff": "2"})
