"""The names of the most used packages, with the days on which they were counted: for the policy of packages.

Usage: python popular.py NPM_HIGH_IMPACT GUARDDOG OUT, with the folders of two unpacked packages: npm's
`npm-high-impact` (the list by downloads; its day is `npm view npm-high-impact time.VERSION`, given as NPM_DAY) and PyPI's
`guarddog` (its list of PyPI's downloads states the second of its making).
"""

import json
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import brotli

_MENDS = Path(__file__).resolve().parents[2] / "builder" / "generation" / "mends" / "packages"


def main() -> None:
    npm, guarddog, out = map(Path, sys.argv[1:])
    version = json.loads((npm / "package.json").read_text())["version"]
    names = re.findall(r"^  '([^']+)',?$", (npm / "lib" / "top-download.js").read_text(), re.M)
    counted = json.loads((guarddog / "guarddog/analyzer/metadata/resources/top_pypi_packages.json").read_text())
    day = datetime.fromtimestamp(counted["downloaded_timestamp"], UTC).date().isoformat()
    plain = [re.sub(r"[-_.]+", "-", name).lower() for name in counted["packages"]]
    # What free mends add, and what images have, is known too.
    known = {
        one: json.loads(brotli.decompress((_MENDS / f"{one}.json.br").read_bytes()))["packages"]
        for one in ("npm", "pypi")
    }
    names += known["npm"]
    plain += known["pypi"]
    facts = {
        "npm": {
            "source": f"npm-high-impact {version}",
            "day": os.environ["NPM_DAY"],
            "names": " ".join(dict.fromkeys(names)),
        },
        "pypi": {"source": "guarddog, downloads of PyPI", "day": day, "names": " ".join(dict.fromkeys(plain))},
    }
    out.write_bytes(brotli.compress(json.dumps(facts).encode()))


main()
