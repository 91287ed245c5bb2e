"""PostgreSQL keeps what teams spend apart as well: a person's transaction reaches the calls of models and the budgets of
their teams, and of teams in one of whose projects they work

Revision ID: 0046
Revises: 0045

Neither table has a foreign key to a project: their rows outlive it.
"""

from __future__ import annotations

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

# ruff: noqa: S608  # the names in the statements are those below
ROLE = "sayso_person"
TABLES = ("budget", "model_call")
ME = "(SELECT current_setting('app.person', true))"
# The server's own work: no role was taken, and nobody is named.
SERVER = f"(SELECT current_user <> '{ROLE}' AND coalesce(current_setting('app.person', true), '') = '')"
REACHED = f"""(owner = {ME} OR owner IN (SELECT m.owner FROM membership m WHERE m.person = {ME})
    OR owner IN (SELECT p.owner FROM project p JOIN collaborator c ON c.project = p.id WHERE c.account = {ME}))"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY reached ON {table} USING ({SERVER} OR {REACHED}) WITH CHECK ({SERVER} OR {REACHED})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"DROP POLICY reached ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
