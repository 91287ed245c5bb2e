"""One package in the place of another."""

from __future__ import annotations

import json

from builder.generation.mends.replacement import with_package_instead
from builder.safety.packages.shapes import Ecosystem
from preview_runtime.file_tree import FileTree


def test_package_json_and_every_import_of_a_script_have_the_other_name() -> None:
    tree = FileTree(
        {
            "package.json": json.dumps(
                {"name": "x", "dependencies": {"a": "1", "lodahs": "^4", "react": "^19"}}, indent=4
            )
            + "\n",
            "src/a.ts": "import _ from 'lodahs'\nexport * from \"lodahs/fp\"\nconst lodahs = 'lodahs'\nawait import('lodahs')\n",
            "src/b.vue": "<script setup>\nimport { map } from 'lodahs'\n</script>\n<template><p>lodahs</p></template>\n",
            "server.cjs": "const _ = require('lodahs'), other = require('lodahs-more')\n",
            "README.md": "lodahs\n",
        }
    )
    changed = with_package_instead(tree, Ecosystem.NPM, "lodahs", "lodash", "4.17.21")
    assert changed.keys() == {"package.json", "src/a.ts", "src/b.vue", "server.cjs"}
    assert changed["package.json"] == (tree.text("package.json") or "").replace(
        '"lodahs": "^4"', '"lodash": "^4.17.21"'
    )
    assert (
        changed["src/a.ts"]
        == "import _ from 'lodash'\nexport * from \"lodash/fp\"\nconst lodahs = 'lodahs'\nawait import('lodash')\n"
    )
    assert "from 'lodash'" in changed["src/b.vue"]
    assert "<p>lodahs</p>" in changed["src/b.vue"]
    assert changed["server.cjs"] == "const _ = require('lodash'), other = require('lodahs-more')\n"


def test_a_name_that_is_there_already_is_not_asked_for_twice() -> None:
    tree = FileTree({"package.json": '{"dependencies": {"lodahs": "^4"}, "devDependencies": {"lodash": "^4.1.0"}}'})
    changed = with_package_instead(tree, Ecosystem.NPM, "lodahs", "lodash", "4.17.21")
    assert json.loads(changed["package.json"]) == {"dependencies": {}, "devDependencies": {"lodash": "^4.1.0"}}


def test_a_python_package_goes_with_its_imports_and_its_name_in_the_file_stays() -> None:
    tree = FileTree(
        {
            "requirements.txt": "# ours\nflask>=3\nReqeusts[socks]==2.0 ; python_version > '3.8'  # to call out\n",
            "pyproject.toml": '[project]\ndependencies = ["reqeusts>=2", "reqeusts-more"]\n',
            "app.py": "import os, reqeusts\nfrom reqeusts.auth import HTTPBasicAuth\n\nprint('é', reqeusts.get)\n",
        }
    )
    changed = with_package_instead(tree, Ecosystem.PYPI, "reqeusts", "requests", "2.32.0")
    assert changed["requirements.txt"] == '# ours\nflask>=3\nrequests[socks] ; python_version > "3.8"\n'
    assert changed["pyproject.toml"] == '[project]\ndependencies = ["requests", "reqeusts-more"]\n'
    assert changed["app.py"] == (
        "import os, requests as reqeusts\nfrom requests.auth import HTTPBasicAuth\n\nprint('é', reqeusts.get)\n"
    )


def test_a_package_whose_module_has_another_name_is_imported_by_that() -> None:
    tree = FileTree({"requirements.txt": "pilow\n", "app.py": "from pilow import Image\n"})
    assert with_package_instead(tree, Ecosystem.PYPI, "pilow", "pillow", "")["app.py"] == "from PIL import Image\n"
