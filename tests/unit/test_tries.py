from builder.accounts.tries import OVERALL, PER_CLIENT, WINDOW_SECONDS, Tries


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_after_five_wrong_tries_a_client_waits_and_others_do_not() -> None:
    clock = Clock()
    tries = Tries(clock)
    for _ in range(PER_CLIENT):
        assert tries.wait("a") == 0
        tries.failed("a")
    assert tries.wait("a") == WINDOW_SECONDS
    assert tries.wait("b") == 0
    clock.now += WINDOW_SECONDS
    assert tries.wait("a") == 0


def test_many_clients_together_wait_as_well() -> None:
    tries = Tries(Clock())
    for n in range(OVERALL):
        tries.failed(str(n))
    assert tries.wait("new") > 0


def test_the_right_password_forgets_the_wrong_ones() -> None:
    tries = Tries(Clock())
    for _ in range(PER_CLIENT):
        tries.failed("a")
    tries.passed("a")
    assert tries.wait("a") == 0
