"""Routes by an app's own OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from builder.safety.probing.routes.route import AppRoute, plain

WHERE: Final = ("/openapi.json", "/api/openapi.json", "/api/v1/openapi.json", "/swagger.json", "/api-docs.json")
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def described(document: Any) -> list[AppRoute]:
    """The routes of an OpenAPI document; none where it is not one."""
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(paths, dict):
        return []
    found = []
    for path, item in paths.items():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                found.append(_route(document, method.upper(), str(path), operation))
    return found


def _route(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> AppRoute:
    parameters = [one for one in operation.get("parameters", []) if isinstance(one, dict)]
    content = operation.get("requestBody", {}).get("content", {})
    form = next((kind for kind in _FORMS if kind in content), "")
    body = content.get(form or "application/json", {}).get("schema", {})
    schema = resolved(document, body)
    fields = {str(name): resolved(document, value) for name, value in schema.get("properties", {}).items()}
    query = tuple(str(one["name"]) for one in parameters if one.get("in") == "query" and "name" in one)
    return AppRoute(method, plain(path), fields, query, bool(form))


def resolved(document: dict[str, Any], schema: Any, depth: int = 4) -> dict[str, Any]:
    """A schema without references, a few levels deep; of several possibilities the first that is not null."""
    if not isinstance(schema, dict) or depth == 0:
        return {}
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target.get(part, {}) if isinstance(target, dict) else {}
        return resolved(document, target, depth - 1)
    for several in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(several, ()):
            if isinstance(one, dict) and one.get("type") != "null":
                return {
                    **resolved(document, one, depth - 1),
                    **{key: schema[key] for key in ("default",) if key in schema},
                }
    whole = dict(schema)
    if isinstance(whole.get("properties"), dict):
        whole["properties"] = {name: resolved(document, one, depth - 1) for name, one in whole["properties"].items()}
    if "items" in whole:
        whole["items"] = resolved(document, whole["items"], depth - 1)
    return whole
