"""PostgreSQL itself keeps teams apart: a transaction of a person reaches the rows of their teams and projects alone

Revision ID: 0043
Revises: 0042

`sayso_act_as(person)` makes the rest of a transaction that person's. The role is what makes policies hold for whoever
owns the tables as well; where it may not be made, FORCE does, for all but superusers.
"""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

# ruff: noqa: S608  # the names in the statements are those below
ROLE = "sayso_person"
# Those with a foreign key to their project.
TABLES = (
    "attachment", "event", "generation", "git_branch", "git_commit", "git_remote", "message", "package_decision",
    "package_lock", "project_secret", "project_setting", "runnable", "search_entry", "sent_call", "set_aside",
    "share_link", "sharing_decision", "turn", "turn_step", "version", "version_walked", "working_file",
)  # fmt: skip
ME = "(SELECT current_setting('app.person', true))"
# The server's own work: no role was taken, and nobody is named.
SERVER = f"(SELECT current_user <> '{ROLE}' AND coalesce(current_setting('app.person', true), '') = '')"
IN_TEAM = f"(owner = {ME} OR owner IN (SELECT m.owner FROM membership m WHERE m.person = {ME}))"
MINE = f"(SELECT c.project FROM collaborator c WHERE c.account = {ME})"


def policies(table: str, reached: str, seen: str, locked: str = "") -> list[str]:
    """`seen`: what is read; `reached`: what is written; `locked`: what is held while something else is written."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY seen ON {table} FOR SELECT USING ({SERVER} OR {seen})",
        f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK ({SERVER} OR {reached})",
        f"CREATE POLICY changed ON {table} FOR UPDATE USING ({SERVER} OR {locked or reached}) "
        f"WITH CHECK ({SERVER} OR {reached})",
        f"CREATE POLICY removed ON {table} FOR DELETE USING ({SERVER} OR {reached})",
    ]


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # All databases of a machine have their roles together: another one may be making it now.
    op.execute(f"""
        DO $$ BEGIN
            IF to_regrole('{ROLE}') IS NULL THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
        EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL; END $$""")
    op.execute(f"""
        DO $$ BEGIN
            IF to_regrole('{ROLE}') IS NOT NULL THEN
                IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN GRANT {ROLE} TO CURRENT_USER; END IF;
                EXECUTE format('GRANT USAGE ON SCHEMA %I TO {ROLE}', current_schema());
                EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO {ROLE}', current_schema());
                EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO {ROLE}', current_schema());
                EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE}', current_schema());
                EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE, SELECT ON SEQUENCES TO {ROLE}', current_schema());
            END IF;
        EXCEPTION WHEN insufficient_privilege THEN NULL; END $$""")
    op.execute(f"""
        CREATE FUNCTION sayso_act_as(person text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            PERFORM set_config('app.person', person, true);
            IF to_regrole('{ROLE}') IS NOT NULL AND pg_has_role(session_user, '{ROLE}', 'MEMBER') THEN
                PERFORM set_config('role', '{ROLE}', true);
            END IF;
        END $$""")
    everybody = "visibility = 'public'"
    reached = f"({IN_TEAM} OR id IN {MINE})"
    seen = f"({reached} OR {everybody})"
    statements = policies("project", reached, seen, locked=seen)
    for table in TABLES:
        reached = f"({IN_TEAM} OR project IN {MINE})"
        public = f"EXISTS (SELECT 1 FROM project p WHERE p.id = {table}.project AND p.{everybody})"
        statements += policies(table, reached, f"({reached} OR {public})")
    # Contents are the team's, whichever of its projects has them.
    shared = f"owner IN (SELECT p.owner FROM project p WHERE p.id IN {MINE})"
    public = f"EXISTS (SELECT 1 FROM project p WHERE p.owner = blob.owner AND p.{everybody})"
    statements += policies("blob", f"({IN_TEAM} OR {shared} OR {public})", f"({IN_TEAM} OR {shared} OR {public})")
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ("project", "blob", *TABLES):
        for name in ("seen", "added", "changed", "removed"):
            op.execute(f"DROP POLICY {name} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION sayso_act_as(text)")
    op.execute(f"""
        DO $$ BEGIN
            IF to_regrole('{ROLE}') IS NOT NULL THEN EXECUTE 'DROP OWNED BY {ROLE}'; END IF;
        EXCEPTION WHEN insufficient_privilege THEN NULL; END $$""")
