"""PostgreSQL keeps how a public project was made to its people as well: conversation, links, history in Git, names of secrets

Revision ID: 0048
Revises: 0046

`visibility = 'public'` shows the app and its files alone (`Action.READ`, not `READ_TALK`).
"""

from __future__ import annotations

from alembic import op

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None

# ruff: noqa: S608  # the names in the statements are those below
ROLE = "sayso_person"
TABLES = (
    "attachment", "event", "generation", "git_branch", "git_commit", "git_remote", "message", "project_secret",
    "search_entry", "sent_call", "set_aside", "share_link", "sharing_decision", "turn", "turn_step",
)  # fmt: skip
ME = "(SELECT current_setting('app.person', true))"
SERVER = f"(SELECT current_user <> '{ROLE}' AND coalesce(current_setting('app.person', true), '') = '')"
REACHED = f"""(owner = {ME} OR owner IN (SELECT m.owner FROM membership m WHERE m.person = {ME})
    OR project IN (SELECT c.project FROM collaborator c WHERE c.account = {ME}))"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER POLICY seen ON {table} USING ({SERVER} OR {REACHED})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        public = f"EXISTS (SELECT 1 FROM project p WHERE p.id = {table}.project AND p.visibility = 'public')"
        op.execute(f"ALTER POLICY seen ON {table} USING ({SERVER} OR {REACHED} OR {public})")
