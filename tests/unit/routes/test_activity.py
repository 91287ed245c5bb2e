"""What the lifecycle of a preview goes by: how much it is used, and since when it is not."""

from __future__ import annotations

from starlette.types import Message

from preview_runtime.routes.activity import Activity


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def receive() -> Message:
    return {"type": "http.request", "body": b"12345"}


async def send(message: Message) -> None:
    pass


async def test_requests_and_bytes_of_both_directions_are_counted() -> None:
    activity = Activity()
    with activity.request("app", receive, send) as (received, sent):
        await received()
        await sent({"type": "http.response.start", "status": 200, "headers": []})
        await sent({"type": "http.response.body", "body": b"123"})
        await sent({"type": "websocket.send", "text": "12"})
        assert activity.of("app").open == 1
    use = activity.of("app")
    assert (use.requests, use.open, use.received, use.sent) == (1, 0, 5, 5)


def test_a_preview_is_idle_since_its_last_connection_ended() -> None:
    clock = Clock()
    activity = Activity(clock)
    assert activity.idle("app") == 0  # made this moment
    with activity.request("app", receive, send):
        clock.now += 3600
        assert activity.idle("app") == 0  # an event stream that is open for an hour
    clock.now += 60
    assert activity.idle("app") == 60
    activity.note("app")
    assert (activity.idle("app"), activity.of("app").requests) == (0, 1)


def test_a_connection_that_breaks_is_closed_all_the_same() -> None:
    activity = Activity()
    try:
        with activity.request("app", receive, send):
            raise ConnectionResetError
    except ConnectionResetError:
        pass
    assert activity.of("app").open == 0


def test_what_is_removed_is_forgotten() -> None:
    activity = Activity()
    with activity.request("app", receive, send):
        pass
    activity.forget("app")
    activity.forget("never seen")
    assert activity.of("app").requests == 0
