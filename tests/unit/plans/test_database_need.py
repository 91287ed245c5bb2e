"""Which projects get a PostgreSQL database without being asked, and what their password is made of."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from builder.texts import said
from preview_runtime.containers.beside.database_password import password, verifier
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import asks_for_postgres


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("requirements.txt", "fastapi\npsycopg[binary]>=3.2\n", "requirements.txt names psycopg."),
        ("requirements.txt", "Psycopg2-Binary==2.9.10\n", "requirements.txt names psycopg2-binary."),
        ("requirements/base.txt", "asyncpg\n", "requirements/base.txt names asyncpg."),
        ("pyproject.toml", '[project]\ndependencies = ["flask", "pg8000>=1"]\n', "pyproject.toml names pg8000."),
        ("Pipfile", "[packages]\npsycopg2 = '*'\n", "Pipfile names psycopg2."),
        ("app/db.py", "import os\nimport psycopg\n", "app/db.py names psycopg."),
        ("app/db.py", "from asyncpg import connect\n", "app/db.py names asyncpg."),
        ("package.json", '{"dependencies": {"pg": "8"}}', "package.json names pg."),
        ("server/package.json", '{"devDependencies": {"postgres": "3"}}', "server/package.json names postgres."),
        (
            "prisma/schema.prisma",
            'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
            "prisma/schema.prisma names PostgreSQL.",
        ),
        ("go.mod", "module x\nrequire github.com/jackc/pgx/v5 v5.7.1\n", "go.mod names github.com/jackc/pgx."),
        ("go.mod", "module x\nrequire github.com/lib/pq v1.10.9\n", "go.mod names github.com/lib/pq."),
        ("pom.xml", "<groupId>org.postgresql</groupId>", "pom.xml names org.postgresql."),
        (".env.example", "DATABASE_URL=postgres://me:x@localhost/app\n", ".env.example names a PostgreSQL address."),
        (".env", 'export DATABASE_URL="postgresql+asyncpg://x"\n', ".env names a PostgreSQL address."),
    ],
)
def test_a_project_that_uses_postgresql_says_so_in_its_files(path: str, text: str, sentence: str) -> None:
    asked = asks_for_postgres(FileTree({path: text}))
    assert asked
    assert said(asked) == sentence


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "fastapi\nsqlmodel\n# psycopg later\npsycopg-tools\n"),
        ("package.json", '{"dependencies": {"better-sqlite3": "11", "pg-format": "1"}}'),
        ("package.json", '{"dependencies": ["pg"]}'),
        ("package.json", '{"dependencies": {"pg"'),
        ("prisma/schema.prisma", 'datasource db {\n  provider = "sqlite"\n}\n'),
        ("go.mod", "module x\nrequire modernc.org/sqlite v1\n"),
        (".env", "DATABASE_URL=sqlite:///app.db\n"),
        ("README.md", "Works with psycopg and DATABASE_URL=postgres://\n"),
        ("main.py", "text = 'import psycopg'\n"),
    ],
)
def test_a_project_that_does_not_gets_none(path: str, text: str) -> None:
    assert asks_for_postgres(FileTree({path: text})) is None


def test_a_password_is_the_projects_own_and_stays_the_same() -> None:
    one = password(b"secret", "sayso", "p-1")
    assert one == password(b"secret", "sayso", "p-1")
    assert len(one) == 43
    others = {password(b"secret", "sayso", "p-2"), password(b"secret", "other", "p-1"), password(b"x", "sayso", "p-1")}
    assert len(others | {one}) == 4


def test_what_the_database_is_told_is_the_published_form_and_not_the_password() -> None:
    kept = verifier("pencil")
    mechanism, rounds, keys = kept.split("$")
    iterations, salt = rounds.split(":")
    stored, server = (base64.b64decode(part) for part in keys.split(":"))
    assert (mechanism, iterations) == ("SCRAM-SHA-256", "4096")
    assert "pencil" not in kept
    # RFC 5803 and 5802: StoredKey = H(HMAC(SaltedPassword, "Client Key")), ServerKey = HMAC(SaltedPassword, "Server Key").
    salted = hashlib.pbkdf2_hmac("sha256", b"pencil", base64.b64decode(salt), int(iterations))
    assert stored == hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    assert server == hmac.digest(salted, b"Server Key", "sha256")
    assert verifier("pencil") == kept
