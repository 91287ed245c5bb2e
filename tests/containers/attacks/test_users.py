"""An app takes all that the kernel gives to one user of the computer: nobody else goes without."""

from __future__ import annotations

import json

from tests.containers.attacks.builder import App, Builder

# Takes until nothing is left, says how much it was, and holds it; timers in as many processes as one limit each needs.
TAKES = """
import ctypes, json, os, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
taken = {"inotify": 0, "timers": 0, "keys": 0}
while libc.inotify_init1(0) >= 0:
    taken["inotify"] += 1
timer = ctypes.c_void_p()
for rt in (ctypes.CDLL("librt.so.1"), libc):
    make = getattr(rt, "timer_create", None)
    if make:
        break
while taken["timers"] < 200000 and make(1, None, ctypes.byref(timer)) == 0:
    taken["timers"] += 1
"""
HOLDS = f"""{TAKES}
print("held", flush=True)
open("/app/held", "w").write(json.dumps(taken))
time.sleep(300)
"""
GIVES_BACK = f"{TAKES}\nprint(json.dumps(taken))\n"


def held(app: App) -> dict[str, int]:
    """Have the app take all it can and hold it; how much that is."""
    app.begin(HOLDS)
    code = (
        "import os, time\nwhile not os.path.exists('/app/held') or not os.path.getsize('/app/held'): time.sleep(0.05)\n"
    )
    found: dict[str, int] = json.loads(app.run(code + "print(open('/app/held').read())"))
    return found


def test_what_one_app_takes_of_the_kernel_the_other_still_has(builder: Builder, laboratory: App) -> None:
    greedy = builder.app()
    first = held(greedy)
    assert first["inotify"] >= 64
    assert json.loads(greedy.run(GIVES_BACK))["inotify"] == 0  # it has used up its own
    other = json.loads(laboratory.run(GIVES_BACK))
    # As if nobody else was there; a container that was made in advance for the next one as well.
    assert other["inotify"] >= 64
    assert other["timers"] >= 1000
    later = builder.app()
    assert json.loads(later.run(GIVES_BACK))["inotify"] >= 64
    assert (greedy.alive(), laboratory.alive()) == (True, True)


def test_nobody_has_more_timers_than_an_app_needs(builder: Builder, laboratory: App) -> None:
    taken = json.loads(laboratory.run(GIVES_BACK))
    assert 1000 <= taken["timers"] <= 4096


ASKS = """
import getpass, grp, json, os, pathlib, pwd
own = pwd.getpwuid(os.getuid())
folder = os.stat("/app")
print(json.dumps({
    "user": [own.pw_name, own.pw_dir, getpass.getuser(), pwd.getpwnam("root").pw_uid, grp.getgrgid(os.getgid()).gr_name],
    "own": folder.st_uid == os.getuid() == os.stat("/app/server.py").st_uid,
    "mode": oct(folder.st_mode), "uid": os.getuid(), "home": os.access(pathlib.Path.home(), os.W_OK),
    "writes": not any(open(f"/app/{name}", "w").write("x") - 1 for name in ("one", ".sayso/two")),
    "left": sorted(name for name in os.listdir("/app") if os.path.islink(f"/app/{name}")),
}))
"""


def test_an_app_knows_who_it_is_and_owns_its_folder(builder: Builder, laboratory: App) -> None:
    other = builder.app()
    found = [json.loads(app.run(ASKS)) for app in (laboratory, other)]
    for each in found:
        assert each["user"] == ["app", "/app", "app", 0, "app"]
        assert (each["own"], each["mode"], each["home"], each["writes"], each["left"]) == (
            True,
            "0o40755",
            True,
            True,
            [],
        )
        assert each["uid"] > 65536
    assert found[0]["uid"] != found[1]["uid"]
