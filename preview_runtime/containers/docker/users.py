"""The user id of an app's processes: every app has its own.

The kernel counts many things per user and not per container: inotify instances and watches, timers and waiting signals
(RLIMIT_SIGPENDING), keys, POSIX message queues, pages in pipes. Apps that share a user take these from each other.

The number is derived from the name of the app's volume, so nothing is stored: after a restart, for a container made in
advance and for a terminal it is the same. All apps share one group: the kernel counts nothing per group.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

OURS: Final = 10001
"""The user of our own programs in containers (proofs, databases), and the group of all apps."""
ACCOUNTS_FOLDER: Final = "/etc/sayso"
"""The place of a container's user names, a separate volume owned by root, to which /etc/passwd in the images links. The
engine's own program reads it whenever a process starts in the container. At a pipe in its place that program would wait
for ever, and the container could be neither inspected nor ended."""


@dataclass(frozen=True, slots=True)
class Users:
    """The numbers that apps are given: `count` of them from `first` on."""

    first: int
    count: int

    def of(self, title: str) -> int:
        """The user of the app that has the name `title` in the engine. Among 100 apps at once two share one with a
        probability of 0.002 % (`WIDE`), or 12 % (`MAPPED`); these two are then no better off than with one user for
        all."""
        told = hashlib.sha256(title.encode()).digest()
        return self.first + int.from_bytes(told[:8], "big") % self.count


# A range that systemd's table of users lists as unused on any computer (https://systemd.io/UIDS-GIDS/).
WIDE: Final = Users(1_879_048_192, 268_304_384)
# For an engine with a range of only 65,536 users, because it maps them (userns-remap) or runs rootless: above the users
# that images have themselves.
MAPPED: Final = Users(20_000, 40_000)


def account(user: int) -> str:
    """The user in the engine's notation: number and group."""
    return f"{user}:{OURS}"


def passwd(user: int) -> str:
    """The text of /etc/passwd: frameworks ask for the name and home folder of their user (`os.userInfo()`,
    `getpwuid`)."""
    return (
        "root:x:0:0:root:/root:/bin/sh\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
        f"app:x:{user}:{OURS}::/app:/bin/sh\n"
    )
