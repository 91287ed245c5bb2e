"""The process that starts an app in its container, and starts it again after an edit without a new container.

It is a few lines of `sh`, because every image has one. The engine's init is process 1 and reaps the app's orphans;
below it this script runs the app in a session of its own and ends with the app's own exit code, so that the engine sees
a crash for what it is. Its files are in `.sayso` in the project's volume. If the app spoils them, only the app's own
restart fails, and the engine restarts the container.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final

from preview_runtime.plans.recipe import PRIVATE_FOLDER, WORK_FOLDER, RunPlan

RUN_FILE: Final = f"{PRIVATE_FOLDER}/run"  # the start command; put in with the files
FILES_FILE: Final = f"{PRIVATE_FOLDER}/files"  # the tree's paths, one per line: later, missing ones are removed

# Files that an earlier start brought and this tree lacks are removed first; files that the app made itself stay.
_TIDY: Final = f"""
cd {WORK_FOLDER} || exit 70
if [ -f {FILES_FILE}.old ]; then
  grep -vxFf {FILES_FILE} {FILES_FILE}.old | while IFS= read -r path; do rm -f -- "$path"; done
fi
cp {FILES_FILE} {FILES_FILE}.old
"""

# The flag is checked after the app has ended, and set before it is ended: no restart in between is lost.
SUPERVISE: Final = f"""{_TIDY}
cd {PRIVATE_FOLDER} || exit 70
rm -f restart
trap 'kill -TERM -- "-$child" 2>/dev/null; exit 143' TERM INT
while :; do
  setsid sh ./run &
  child=$!
  echo "$child" > child
  wait "$child"
  code=$?
  [ -f restart ] || exit "$code"
  rm -f restart
done
"""

# Exits with 0 once the old process has ended and the new one is starting; any other code: restart the container.
RESTART: Final = f"""
cd {WORK_FOLDER} || exit 1
for path in "$@"; do rm -f -- "$path"; done
cp {FILES_FILE} {FILES_FILE}.old
cd {PRIVATE_FOLDER} || exit 1
old=$(cat child) && [ "$old" -gt 1 ] || exit 1
: > restart || exit 1
kill -TERM -- "-$old" || exit 1
tries=0
while kill -0 -- "-$old" 2>/dev/null; do
  tries=$((tries + 1))
  [ "$tries" = 50 ] && kill -KILL -- "-$old"
  [ "$tries" = 200 ] && exit 1
  sleep 0.01
done
exit 0
"""


def run_script(plan: RunPlan, environment: Mapping[str, str]) -> str:
    """The text of `RUN_FILE`: the start command in its folder, with `environment`. The command is the author's own shell."""
    given = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in sorted(environment.items()))
    return f"{given}cd {shlex.quote(f'{WORK_FOLDER}/{plan.folder}')} || exit 70\n{_exec(plan.start)}\n"


def _exec(command: str) -> str:
    """A single program takes the shell's place: one process less, and it gets the signals itself."""
    simple = not any(character in command for character in "&|;<>()`\n") and not command.startswith(("exec ", "cd "))
    words = command.split()
    assigns = bool(words) and "=" in words[0]
    return f"exec {command}" if simple and words and not assigns else command
