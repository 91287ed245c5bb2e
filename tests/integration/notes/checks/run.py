"""Runs the checks of one library with the packages in a folder, each by its note's name, and writes what went wrong."""

import asyncio
import inspect
import json
import runpy
import sys
import traceback
import warnings

packages, module = sys.argv[1:3]
sys.path.insert(0, packages)
warnings.simplefilter("error", DeprecationWarning)
results = {}
for name, check in runpy.run_path(module).items():
    if name.startswith("note_"):
        try:
            found = check()
            if inspect.iscoroutine(found):
                asyncio.run(found)
            results[name.removeprefix("note_")] = ""
        except Exception:
            results[name.removeprefix("note_")] = traceback.format_exc()
print(f"\n{json.dumps(results)}")
