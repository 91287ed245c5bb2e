"""The Draft as JSON Schema, with the descriptions that the model reads."""

from __future__ import annotations

from typing import Any, Final

TOOL_NAME: Final = "write_app"
TOOL_DESCRIPTION: Final = (
    "Writes the app. Call it exactly once, with everything the app needs. "
    "Fill the fields in the order of the schema; the files appear on the person's screen while you write them."
)

DRAFT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "The app's name, two to four words."},
        "summary": {
            "type": "string",
            "description": "One or two plain sentences to the person: what the app does or what you changed. Name what it cannot do.",
        },
        "stack": {
            "type": "array",
            "items": {"type": "string"},
            "description": 'Lowercase names of what it is built with, such as ["react", "typescript", "tailwind"].',
        },
        "files": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Complete text of each new or rewritten file by relative path, in the order in which they should appear.",
        },
        "edits": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "path": {"type": "string", "description": "An existing file."},
                    "find": {
                        "type": "string",
                        "description": "Text that is in the file exactly once, copied character by character.",
                    },
                    "replace": {"type": "string", "description": "What stands there instead."},
                },
                "required": ["path", "find", "replace"],
            },
            "description": "Small changes to existing files. Applied after delete and files, in order.",
        },
        "delete": {"type": "array", "items": {"type": "string"}, "description": "Paths of files to remove."},
        "run": {
            "type": "object",
            "properties": {
                "install": {"type": "string", "description": "Command that installs what it needs."},
                "start": {"type": "string", "description": "Command that starts it."},
                "port": {"type": "integer", "description": "Port it listens on."},
            },
        },
    },
    "required": ["title", "summary"],
}
