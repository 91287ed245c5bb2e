"""Signing in with an account of another provider: Google (OpenID Connect) and GitHub (OAuth 2.0)."""
