"""A data folder that an earlier Sayso left as it was killed, of the schema 0007, with what it had in its Docker Engine.

`earlier_data.zip`: the folder under `data/`; `said.json`, the ids of what it holds; `engine.json`, the names and labels of
its containers and volumes (`{instance}` stands for the folder's own mark); `volumes/<slot>.tar`, what its apps
had stored.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, Final

SCHEMA: Final = "0007"
_ZIP: Final = Path(__file__).with_suffix(".zip")
_DATA: Final = "data/"


def unpack(data_dir: Path) -> dict[str, Any]:
    """Put the folder there; returns the ids of what it holds."""
    with zipfile.ZipFile(_ZIP) as archive:
        for name in archive.namelist():
            if name.startswith(_DATA):
                target = data_dir / name.removeprefix(_DATA)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
        said: dict[str, Any] = json.loads(archive.read("said.json"))
    return said


def in_engine(instance: str) -> dict[str, Any]:
    """The containers and volumes as `instance` had them."""
    with zipfile.ZipFile(_ZIP) as archive:
        text = archive.read("engine.json").decode()
    left: dict[str, Any] = json.loads(text.replace("{instance}", instance))
    return left


def stored(slot: str) -> bytes:
    """A tar archive of the volume of `slot`."""
    with zipfile.ZipFile(_ZIP) as archive:
        return archive.read(f"volumes/{slot}.tar")
