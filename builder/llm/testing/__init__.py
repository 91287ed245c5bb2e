"""Models for tests and demonstrations: no network, no key."""
