from datetime import datetime, timedelta

from builder.base.ids import is_id, new_id, now


def test_an_id_can_be_part_of_a_host_name_and_is_never_made_twice() -> None:
    ids = {new_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(is_id(made) and made == made.lower() for made in ids)


def test_what_is_no_id_is_told_apart() -> None:
    for text in ("", "a" * 15, "a" * 17, "A" * 16, "a" * 15 + "1", "../../etc/passwd"):
        assert not is_id(text)


def test_the_order_of_times_as_text_is_their_order() -> None:
    earlier, later = now(ago=timedelta(milliseconds=1)), now()
    assert earlier < later
    assert later.endswith("Z")
    assert datetime.fromisoformat(later).utcoffset() == timedelta(0)
