"""Variables and secrets of a project: who gets them, and that nothing else holds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict, NotFound
from builder.previews.docker.secrets import ProjectSecrets
from builder.previews.runnables.runnables import LINK, PROBE, WALK, Runnable, RunnableKind
from builder.projects.vault.keys import KeyFile
from builder.projects.vault.tables import Secret, VaultKey
from builder.projects.vault.vault import MOST, Vault
from preview_runtime.engines import EngineFailed
from tests.integration.conftest import Parts

VALUE = "sk-test-51Nn0t4real"


@pytest.fixture
def vault(parts: Parts, tmp_path: Path) -> Vault:
    return Vault(parts.db, KeyFile(tmp_path / "vault.key"))


async def _other(parts: Parts, project: str, kind: RunnableKind, name: str) -> str:
    async with parts.db.session() as session:
        parts.runnables.add(session, Runnable(name, kind, ME.workspace, project, ""))
    return name


async def test_the_server_gets_the_value_and_the_page_only_its_name(parts: Parts, vault: Vault) -> None:
    project = (await parts.store.create(ME, "App")).id
    await vault.put(ME, project, "MAIL_KEY", "old", live=False)
    await vault.put(ME, project, "MAIL_KEY", VALUE, live=False)
    assert [(one.name, one.live) for one in await vault.names(ME, project)] == [("MAIL_KEY", False)]
    assert await vault.values(project, live=False) == {"MAIL_KEY": VALUE}
    await vault.delete(ME, project, "MAIL_KEY")
    assert await vault.values(project, live=False) == {}
    await vault.delete(ME, project, "MAIL_KEY")  # once more, as after a lost answer


async def test_nothing_at_rest_is_the_value_and_the_key_lies_apart(parts: Parts, vault: Vault, tmp_path: Path) -> None:
    project = (await parts.store.create(ME, "App")).id
    await vault.put(ME, project, "MAIL_KEY", VALUE, live=True)
    async with parts.db.session() as session:
        row, key = (await session.scalars(select(Secret))).one(), (await session.scalars(select(VaultKey))).one()
    key_file = tmp_path / "vault.key"
    assert VALUE.encode() not in row.value
    assert key_file.stat().st_mode & 0o077 == 0
    assert key_file.read_bytes() not in (key.wrapped, row.value)
    key_file.unlink()
    with pytest.raises(Conflict) as locked:
        await vault.values(project, live=False)
    assert locked.value.code == "vault_locked"


async def test_a_copy_of_a_project_and_strangers_get_none(parts: Parts, vault: Vault) -> None:
    project = (await parts.store.create(ME, "App")).id
    await vault.put(ME, project, "MAIL_KEY", VALUE, live=True)
    copy = await parts.store.duplicate(ME, project)
    assert await vault.values(copy.id, live=False) == {}
    stranger = Actor("stranger", "elsewhere")
    with pytest.raises(NotFound):
        await vault.names(stranger, project)
    with pytest.raises(NotFound):
        await vault.put(stranger, project, "MAIL_KEY", "mine", live=True)


async def test_who_is_started_with_which(parts: Parts, vault: Vault) -> None:
    project = (await parts.store.create(ME, "App")).id
    secrets = ProjectSecrets(vault, parts.runnables)
    assert await secrets.access(project) is None
    await vault.put(ME, project, "MAIL_KEY", VALUE, live=False)
    await vault.put(ME, project, "MAP_KEY", "for everybody's link", live=True)
    walk, link, probe = [await _other(parts, project, kind, f"{kind:a<16}"[:16]) for kind in (WALK, LINK, PROBE)]
    given = {name: access and dict(access.environment) for name, access in [
        (one, await secrets.access(one)) for one in (project, walk, link, probe)
    ]}  # fmt: skip
    both = {"MAIL_KEY": VALUE, "MAP_KEY": "for everybody's link"}
    assert given == {project: both, walk: both, link: {"MAP_KEY": "for everybody's link"}, probe: None}


async def test_what_the_app_prints_is_shown_without_them(parts: Parts, vault: Vault) -> None:
    project = (await parts.store.create(ME, "App")).id
    await vault.put(ME, project, "MAIL_KEY", VALUE, live=False)
    await vault.put(ME, project, "PRIVATE", "first line here\nsecond line here", live=False)
    await vault.put(ME, project, "DEBUG", "true", live=False)
    mask = await ProjectSecrets(vault, parts.runnables).mask(project)
    assert mask(f"sending with {VALUE}, truly true") == "sending with •••, truly true"
    assert mask("second line here") == "•••"


async def test_a_lost_key_file_is_a_fault_with_a_way_on(parts: Parts, vault: Vault, tmp_path: Path) -> None:
    project = (await parts.store.create(ME, "App")).id
    await vault.put(ME, project, "MAIL_KEY", VALUE, live=False)
    (tmp_path / "vault.key").unlink()
    secrets = ProjectSecrets(vault, parts.runnables)
    with pytest.raises(EngineFailed) as failed:
        await secrets.access(project)
    assert "vault.key" in str(failed.value.fault.says.values["text"])
    assert (await secrets.mask(project))("text") == "text"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mail_key", "v"), ("1ST", "v"), ("A-B", "v"), ("", "v"), ("X" * 65, "v"), ("PORT", "v"), ("DATABASE_URL", "v"),
        ("LD_PRELOAD", "v"), ("HTTPS_PROXY", "v"), ("VITE_KEY", "v"), ("NEXT_PUBLIC_KEY", "v"), ("KEY", ""),
        ("KEY", "a\0b"), ("KEY", "x" * 16_385),
    ],
)  # fmt: skip
async def test_names_and_values_that_cannot_be_are_refused(parts: Parts, vault: Vault, name: str, value: str) -> None:
    project = (await parts.store.create(ME, "App")).id
    with pytest.raises(BadInput):
        await vault.put(ME, project, name, value, live=False)


async def test_there_is_a_most(parts: Parts, vault: Vault) -> None:
    project = (await parts.store.create(ME, "App")).id
    for number in range(MOST):
        await vault.put(ME, project, f"KEY_{number}", "v", live=False)
    await vault.put(ME, project, "KEY_0", "again", live=False)
    with pytest.raises(BadInput):
        await vault.put(ME, project, "ONE_MORE", "v", live=False)
