"""The settings of the policy of packages."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from builder.base.settings import SettingsGroup


class PackageSettings(SettingsGroup):
    """Packages"""

    package_policy: Literal["hold", "off"] = Field(
        "hold", description="Whether packages that do not exist, look like another or are too young are held back."
    )
    package_age_days: int = Field(
        7, ge=0, le=3650, description="Days since its first release before a package is installed. 0: any age."
    )
    package_unknown: Literal["allow", "hold"] = Field(
        "allow", description="What happens to a package of which no registry says anything in time."
    )
    packages_allowed: str = Field(
        "", description="Packages that are never held back, separated by commas; a scope as @company/*."
    )
