"""Why a set of npm packages could not be made ready."""

from __future__ import annotations

from typing import Literal, TypeAlias

DependencyCode: TypeAlias = Literal[
    "package_missing",
    "version_missing",
    "offline",
    "time_out",
    "too_large",
    "specifier_refused",
    "settings_refused",
    "install_failed",
    "bundle_failed",
]


class DependencyError(Exception):
    """A set that cannot be served.

    `message` is a sentence for the person, `package` the npm name at fault ("" where it is none in particular),
    `suggestion` a package that was probably meant; `detail` is for the log and holds the tool's last lines.
    """

    def __init__(
        self, code: DependencyCode, message: str, package: str = "", *, suggestion: str = "", detail: str = ""
    ) -> None:
        super().__init__(message)
        self.code: DependencyCode = code
        self.message = message
        self.package = package
        self.suggestion = suggestion
        self.detail = detail
