"""The JSON shapes of rows, as the API and the events carry them."""

from __future__ import annotations

from typing import Any

from builder.base.settings import AddressSettings
from builder.base.tables import Generation, Message, Project, ShareLink, Version


def thumbnail_address(project: Project) -> str | None:
    """Where the project's picture is; another address for another picture, so that it may be kept for good."""
    return f"/api/v1/projects/{project.id}/thumbnail?v={project.thumbnail[:12]}" if project.thumbnail else None


def project_shape(project: Project, settings: AddressSettings) -> dict[str, Any]:
    return {
        "id": project.id,
        "title": project.title,
        "created_at": project.created_at,
        "updated_at": project.updated_at,
        "head": project.head,
        "can_undo": project.can_undo,
        "can_redo": project.can_redo,
        "stack": project.stack,
        "preview_url": settings.preview_origin(project.id),
        "thumbnail": thumbnail_address(project),
        "deleted_at": project.deleted_at,
    }


def version_shape(version: Version) -> dict[str, Any]:
    return {
        "id": version.id,
        "number": version.number,
        "kind": version.kind,
        "label": version.label,
        "created_at": version.created_at,
        "parent": version.parent,
        "generation": version.generation,
        "files": version.files,
    }


def message_shape(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "role": message.role,
        "text": message.text,
        "created_at": message.created_at,
        "generation": message.generation,
    }


def generation_shape(generation: Generation) -> dict[str, Any]:
    return {
        "id": generation.id,
        "project": generation.project,
        "status": generation.status,
        "model": generation.model,
        "model_label": generation.model_label,
        "offline": generation.offline,
        "prompt": generation.prompt,
        "title": generation.title,
        "summary": generation.summary,
        "files": generation.files,
        "tokens": {
            "input": generation.input_tokens,
            "output": generation.output_tokens,
            "cache_read": generation.cache_read,
            "cache_write": generation.cache_write,
        },
        "cost_usd": generation.cost_usd,
        "error": generation.error,
        "started_at": generation.started_at,
        "finished_at": generation.finished_at,
        "version": generation.version,
        "characters": generation.characters,
    }


def share_shape(share: ShareLink, settings: AddressSettings, copying: str | None = None) -> dict[str, Any]:
    """`copying`: None where no data are copied for it, "" while they are, else why they were not."""
    return {
        "id": share.id,
        "url": settings.preview_origin(share.id),
        "version": share.version,
        "version_number": share.version_number,
        "access": share.access,
        "follows": share.follows,
        "source": share.source,
        "server": share.server,
        "data": share.data,
        "copying": copying is not None,
        "data_problem": copying or None,
        "expires_at": share.expires_at,
        "created_at": share.created_at,
        "revoked_at": share.revoked_at,
    }
