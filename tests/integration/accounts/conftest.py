"""A Sayso with accounts on SQLite and on PostgreSQL, and two people of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from builder.composition.settings import Settings
from tests.integration.accounts.people.school import School, school
from tests.integration.accounts.teams.club import Member, member


@pytest.fixture
async def here(shared: Settings) -> AsyncIterator[School]:
    async with school(shared) as made:
        yield made


@pytest.fixture
async def ana(here: School) -> Member:
    return await member(here, "ana")


@pytest.fixture
async def ben(here: School) -> Member:
    return await member(here, "ben")
