"""Reflex configuration, nothing else."""

import reflex as rx

from builder.base.http.isolation import IsolationPlugin

config = rx.Config(
    app_name="builder",
    app_module_import="builder.app",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    backend_host="127.0.0.1",
    # No CORS at all: our own guard answers foreign origins, and engine.io's list would refuse the page's own socket.
    cors_allowed_origins=[],
    frontend_compression_formats=["brotli", "gzip"],
    frontend_lazy_bundled_libraries=True,
    plugins=[IsolationPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
