"""Models that answer with a Draft, by name: "anthropic:<name>", "openai:<name>", "starter:offline"."""

from __future__ import annotations
