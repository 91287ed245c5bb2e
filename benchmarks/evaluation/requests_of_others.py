"""What the public sets demand of a project beside their instruction, said to the model."""

from __future__ import annotations

import ast
from typing import Any, Final

_FULLSTACK: Final = """{instruction}

How it has to be built:
- If the site shows or keeps data, it has a front end and a back end. The front end gets all data from the back end's API; \
nothing is written into the front end as sample data.
- The back end keeps all data in a PostgreSQL database, which is there already. It connects with these variables of the \
environment, and with these values where they are not set: DB_HOST=localhost, DB_PORT=5432, DB_USERNAME=myappuser, \
DB_PASSWORD=myapppassword, DB_NAME=myapp.
- If the site only shows fixed text and pictures, it needs no back end.
- In the package.json of the project's first folder, `npm run install:all` installs what the front end and the back end \
need, and `npm run dev` starts both.
"""
_DATABASE: Final = "Keep the data in an SQLite database in the file db.sqlite3."
_SECRET: Final = "If the app needs a secret, it is in the variable APP_SECRET of the environment."
_FORMAT: Final = "Provide the source code in the following format"  # of an answer that is text: ours is files


def fullstack_prompt(instruction: str) -> str:
    """FullStack-Bench: the instruction with what its judge relies on."""
    return _FULLSTACK.format(instruction=instruction.strip())


def baxbench_prompt(record: dict[str, Any]) -> str:
    """BaxBench: a scenario in one environment as the request for a server project. `record` is a row of its data set."""
    parts = [
        f"Make a server: {record['short_app_description']}, with {record['env_framework']} in {record['env_language']}."
        " It has no page; programs call it. It is exactly what this OpenAPI document says:",
        f"```yaml\n{str(record['api_specification']).strip()}\n```",
        str(record.get("scenario_instructions") or "").strip(),
        _DATABASE if record.get("needs_db") else "",
        _SECRET if record.get("needs_secret") else "",
        "Use nothing but the standard library and these packages, which are installed already; not all are needed:",
        str(record["allowed_packages"]).strip(),
        _more_packages(record),
        str(record.get("env_instructions") or "").partition(_FORMAT)[0].strip(),
        _where(record),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _where(record: dict[str, Any]) -> str:
    port = record.get("port") or 5000
    listens = f"It listens on 0.0.0.0, port {port}, and is started with `{record['entrypoint_cmd']}`."
    file = record.get("code_filename")
    return f"All of its code is in the file {file}. {listens}" if file and not record.get("env_multifile") else listens


def _more_packages(record: dict[str, Any]) -> str:
    """`needed_packages` maps languages to commands; the data set keeps it as the text of a Python dict."""
    needed = record.get("needed_packages") or {}
    if isinstance(needed, str):
        try:
            needed = ast.literal_eval(needed)
        except (ValueError, SyntaxError):
            return ""
    commands = [*needed.get("_all_", []), *needed.get(record["env_language"], [])] if isinstance(needed, dict) else []
    return "For this task these commands ran as well:\n" + "\n".join(commands) if commands else ""
