"""Commands as people call them: against a running app, and offline."""
