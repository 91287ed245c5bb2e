"""The running app as a person sees it: shown, shared, kept apart, waited for."""
