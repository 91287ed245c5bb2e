"""What a person is told of a secret in their files, and what they are not."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from builder.safety.leaks.scan import Leak, LeakScanner, leaks_in, same_secret
from tests.pace import no_longer_than
from tests.unit.safety.leaks import later, unseen
from tests.unit.safety.leaks.test_seeded import blocking
from tests.unit.safety.leaks.values import filled

STRIPE = filled("sk_live_«alnum:24»", 1)
PASSWORD = filled("«strong:16»", 2)


def test_a_secret_is_named_with_its_place_and_never_told() -> None:
    (leak,) = leaks_in("server/pay.py", f"import stripe\n\nstripe.api_key = '{STRIPE}'\n")
    assert (leak.kind, leak.path, leak.line, leak.tail, leak.sure) == ("stripe", "server/pay.py", 3, STRIPE[-4:], True)
    assert all(STRIPE[:-4] not in str(getattr(leak, field.name)) for field in fields(Leak))


def test_the_same_secret_is_named_once_in_a_file() -> None:
    assert len(leaks_in("a.js", f"f('{STRIPE}')\ng('{STRIPE}')\n")) == 1


def test_what_stands_in_an_environment_file_is_kept_apart_until_it_is_given_to_visitors() -> None:
    kept = leaks_in(".env", f"STRIPE_KEY={STRIPE}\n")
    assert [leak.kept_apart for leak in kept] == [True]
    assert not same_secret(kept, leaks_in("assets/index.js", f'e("{STRIPE}")'))[0].kept_apart
    # What a build takes into the page is in everybody's hands.
    assert [leak.kept_apart for leak in leaks_in(".env", f"VITE_STRIPE_KEY={STRIPE}\n")] == [False]


def test_what_is_made_for_browsers_is_a_warning_at_most() -> None:
    anon = filled("«anon»", 3)
    assert [leak.sure for leak in leaks_in("src/db.ts", f"createClient(url, '{anon}')")] == [False]
    assert leaks_in("src/pay.ts", f"loadStripe('pk_live_{STRIPE[8:]}')") == []


def test_only_what_the_sources_do_not_have_is_told_of_the_output() -> None:
    found = same_secret(
        leaks_in("src/a.ts", f"f('{STRIPE}')"), leaks_in("assets/i.js", f"f('{STRIPE}');g({{password:'{PASSWORD}'}})")
    )
    assert [(leak.path, leak.kind) for leak in found] == [("src/a.ts", "stripe"), ("assets/i.js", "password")]


def test_of_files_that_nobody_tuned_to_99_of_100_secrets_are_found_and_2_of_100_honest_files_held_back_at_most() -> (
    None
):
    """Before anything was tuned to them: 59 of 60 found, none of 50 held back."""
    missed = [path for seed, (path, text) in enumerate(unseen.LEAKS) if not blocking(path, text, seed)]
    held = [path for seed, (path, text) in enumerate(unseen.CLEAN) if blocking(path, text, seed)]
    assert len(missed) <= len(unseen.LEAKS) / 100, missed
    assert len(held) <= len(unseen.CLEAN) / 50, held


def test_of_what_was_written_later_what_stays_is_known() -> None:
    """Before it was mended for: 34 of 40, 12 of 20, 16 of 20, 31 of 40 and 15 of 20 found. What a framework calls insecure
    blocks nothing, and of some hundreds of values made anew one looks like words."""
    for name, (leaks, clean) in later.SETS.items():
        for seed in (0, 7_000):
            missed = {path for n, (path, text) in enumerate(leaks) if not blocking(path, text, n + seed)}
            held = [path for n, (path, text) in enumerate(clean) if blocking(path, text, n + seed)]
            assert (missed - {"manage.py"}, held) == (set(), []), (name, seed)


def test_of_what_two_others_wrote_everything_is_found_and_nothing_honest_held_back() -> None:
    """They had not read the rules. Measured once before anything was mended for each: 53 and 51 of 60 found, 2 and 2 of 40
    held back; what the scan was before found 46 and 40."""
    cases = [json.loads(line) for line in (Path(__file__).parent / "by_others.jsonl").read_text("utf-8").splitlines()]
    wrong = [
        case["path"] for n, case in enumerate(cases) if bool(blocking(case["path"], case["text"], n)) != case["leak"]
    ]
    assert len(cases) == 200
    assert wrong == []


def test_20_megabytes_take_some_ten_seconds_and_a_second_look_nothing() -> None:
    piece = "".join(
        f'function render{n}(items,key){{return items.map((item)=>item.key==="row-{n}"?item.token:null)}}\n'
        for n in range(5_000)
    )
    files: dict[str, str | bytes] = {
        f"assets/chunk-{n}.js": f"// {n}\n{piece}" for n in range(20_000_000 // len(piece))
    }
    scanner = LeakScanner()
    with no_longer_than(600):
        assert scanner.scan(files) == []
    with no_longer_than(3):
        assert scanner.scan(files) == []
