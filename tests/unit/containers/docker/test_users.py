"""Each app has a number of its own as its user, which follows from the name of its volume."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest

from preview_runtime.containers.docker import capabilities
from preview_runtime.containers.docker.archive import accounts_archive, archive
from preview_runtime.containers.docker.users import MAPPED, OURS, WIDE, Users, account, passwd


@pytest.mark.parametrize("users", [WIDE, MAPPED], ids=["wide", "mapped"])
def test_numbers_are_apart_and_never_anybody_elses(users: Users) -> None:
    found = {users.of(f"sayso-{number}") for number in range(2000)}
    assert all(users.first <= user < users.first + users.count for user in found)
    assert OURS not in found
    # Of 2,000 names 0.007 pairs share a number in the wide range, and 50 where the engine has few.
    assert len(found) >= (1999 if users is WIDE else 1900)
    assert users.of("sayso-1") == users.of("sayso-1")


def test_the_wide_range_is_what_no_system_uses() -> None:
    assert WIDE.first > 1_879_048_191  # systemd's containers end here, and its foreign users begin there:
    assert WIDE.first + WIDE.count - 1 < 2_147_352_576
    assert (MAPPED.first, MAPPED.first + MAPPED.count) == (20_000, 60_000)
    assert account(WIDE.first) == "1879048192:10001"


def test_a_user_has_a_name_and_a_home() -> None:
    assert "app:x:1900000000:10001::/app:/bin/sh\n" in passwd(1_900_000_000)


def test_the_names_of_users_are_the_administrators() -> None:
    with tarfile.open(fileobj=io.BytesIO(accounts_archive(1_900_000_000))) as tar:
        (entry,) = tar
        assert (entry.name, entry.uid, entry.gid, entry.mode) == ("passwd", 0, 0, 0o644)
        assert tar.extractfile(entry).read().decode() == passwd(1_900_000_000)  # type: ignore[union-attr]


class Engine:
    def __init__(self, said: list[str] | None) -> None:
        self.system = self
        self.said = said

    async def info(self) -> dict[str, Any]:
        return {"SecurityOptions": self.said}


@pytest.mark.parametrize(
    ("said", "users"),
    [
        (None, WIDE),
        (["name=seccomp,profile=default"], WIDE),
        (["name=seccomp,profile=default", "name=userns"], MAPPED),
        (["name=rootless", "name=cgroupns"], MAPPED),
    ],
)
async def test_an_engine_that_maps_users_has_few(said: list[str] | None, users: Users) -> None:
    assert await capabilities.users(Engine(said)) is users  # type: ignore[arg-type]


def test_the_folder_itself_becomes_the_owners_and_no_link_stays() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive({"a.py": "x"}, 1_900_000_000, 0.0, folder="/app"))) as tar:
        entries = list(tar)
    assert {(entry.uid, entry.gid) for entry in entries} == {(1_900_000_000, OURS)}
    last = {entry.name: entry for entry in entries}
    assert not any(entry.issym() or entry.islnk() for entry in last.values())
    through = [entry.name for entry in entries if entry.name.startswith(".sayso/own")]
    assert through == [".sayso/own", ".sayso/own/app", ".sayso/own", ".sayso/own/app"]
