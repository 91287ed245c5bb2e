"""The vault's key is changed while servers go on: nothing is lost, wherever it is stopped. On SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from builder.accounts.actor import Actor
from builder.base.errors import Conflict
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.projects.vault.keys import GivenFile, GivenKeys, KeyFile, VaultKeys, is_newest, vault_keys
from builder.projects.vault.rotation import Rotation
from builder.projects.vault.tables import Secret, VaultKey
from builder.projects.vault.vault import Vault

PEOPLE = ("ana", "ben", "eve")


class House:
    """Three people with a project each, and a value in it."""

    def __init__(self, services: Services, keys: VaultKeys) -> None:
        self.db, self.store, self.keys, self.vault = services.db, services.store, keys, Vault(services.db, keys)
        self.projects: dict[str, str] = {}

    async def furnish(self) -> None:
        for name in PEOPLE:
            self.projects[name] = (await self.store.create(Actor(name), "App")).id
            await self.set(name, "KEY", f"value of {name}")

    async def set(self, name: str, variable: str, value: str) -> None:
        await self.vault.put(Actor(name), self.projects[name], variable, value, live=False)

    async def all_there(self) -> bool:
        found = {name: await self.vault.values(project, live=False) for name, project in self.projects.items()}
        return all(values["KEY"] == f"value of {name}" for name, values in found.items())

    async def at_rest(self) -> tuple[set[bytes], set[bytes]]:
        """The data keys and the values, as they are stored."""
        async with self.db.reader() as session:
            rows, keys = await session.scalars(select(Secret)), await session.scalars(select(VaultKey))
            return {row.wrapped for row in keys}, {row.value for row in rows}


@pytest.fixture
async def opened(shared: Settings) -> AsyncIterator[Services]:
    made = Services(shared)
    await made.db.migrate()
    yield made
    await made.close()


@pytest.fixture
async def house(opened: Services, tmp_path: Path) -> House:
    made = House(opened, KeyFile(tmp_path / "vault.key"))
    await made.furnish()
    return made


async def test_everything_is_encrypted_anew_and_the_old_key_opens_nothing(house: House, tmp_path: Path) -> None:
    (old,), (keys, values) = house.keys.read(), await house.at_rest()
    done = [one async for one in Rotation(house.db, house.keys).run()]
    assert [(one.owner, one.secrets) for one in done] == [(name, 1) for name in PEOPLE]
    (new,) = house.keys.read()
    assert new != old
    after = await house.at_rest()
    assert not keys & after[0]
    assert not values & after[1]
    assert not any(is_newest(old, one) for one in after[0])
    assert await house.all_there()
    assert (tmp_path / "vault.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("done", [0, 1, 2])
async def test_stopped_anywhere_nothing_is_lost_and_it_goes_on(house: House, done: int) -> None:
    (old,) = house.keys.read()
    async with contextlib.aclosing(Rotation(house.db, house.keys).run()) as steps:
        for _ in range(done + 1):
            await anext(steps)  # and there the process ends
    new, kept = house.keys.read()
    assert (kept, await house.all_there()) == (old, True)
    # What people set meanwhile stays theirs.
    await house.set("eve", "LATER", "set in between")
    house.projects["dan"] = (await house.store.create(Actor("dan"), "App")).id
    await house.set("dan", "KEY", "value of dan")
    rest = [one.owner async for one in Rotation(house.db, house.keys).run()]
    assert rest == [*PEOPLE][done + 1 :]
    assert house.keys.read() == (new,)
    assert await house.all_there()
    assert (await house.vault.values(house.projects["eve"], live=False))["LATER"] == "set in between"


async def test_what_no_key_opens_is_named_and_the_old_key_stays(house: House) -> None:
    (old,) = house.keys.read()
    async with house.db.session() as session:
        (await session.get_one(VaultKey, "ben")).wrapped = Fernet(Fernet.generate_key()).encrypt(b"lost")
    with pytest.raises(Conflict) as locked:
        _ = [one async for one in Rotation(house.db, house.keys).run()]
    assert (locked.value.code, "1 team" in locked.value.message) == ("vault_locked", True)
    assert old in house.keys.read()
    assert (await house.vault.values(house.projects["eve"], live=False))["KEY"] == "value of eve"


async def test_a_key_that_others_keep_is_changed_by_them_and_everything_encrypted_anew(
    opened: Services, tmp_path: Path
) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    house = House(opened, GivenKeys(old.decode()))
    await house.furnish()
    with pytest.raises(Conflict) as elsewhere:
        _ = [one async for one in Rotation(opened.db, house.keys).run()]
    assert (elsewhere.value.code, "VAULT_KEY" in elsewhere.value.message) == ("key_elsewhere", True)
    file = tmp_path / "secrets" / "vault.key"
    file.parent.mkdir()
    file.write_bytes(new + b"\n" + old + b"\n")
    assert len([one async for one in Rotation(opened.db, GivenFile(file)).run()]) == len(PEOPLE)
    assert file.read_bytes() == new + b"\n" + old + b"\n"
    house.vault = Vault(opened.db, GivenKeys(new.decode()))
    assert await house.all_there()


def test_a_vault_s_file_comes_before_the_setting_and_that_before_our_own(tmp_path: Path) -> None:
    kinds = [
        type(vault_keys(folder / "vault.key", given, tmp_path))
        for folder, given in ((tmp_path / "secrets", "x"), (tmp_path, "x"), (tmp_path, ""))
    ]
    assert kinds == [GivenFile, GivenKeys, KeyFile]
