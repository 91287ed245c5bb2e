"""Who has access to a project, beside its team."""
