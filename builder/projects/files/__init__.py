"""Single files and folders of a project, as programs name them: by path."""
