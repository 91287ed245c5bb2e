"""The pages of teams and their addresses."""

from __future__ import annotations

from typing import Final

from builder.pages.addresses import Page
from builder.pages.teams.figures import load_figures, team_figures
from builder.pages.teams.keys import load_keys, team_keys
from builder.pages.teams.teams import join, load_join, load_teams, teams
from builder.pages.teams.webhooks import load_webhooks, webhooks
from builder.texts import t

TEAM_PAGES: Final = (
    Page("/teams", teams, t("teams.title"), on_load=load_teams),
    Page("/teams/figures", team_figures, t("teams.figures.title"), on_load=load_figures),
    Page("/teams/keys", team_keys, t("keys_of_team.title"), on_load=load_keys),
    Page("/teams/webhooks", webhooks, t("webhooks.title"), on_load=load_webhooks),
    Page("/join/[invitation]", join, t("join.title"), on_load=load_join),
)
