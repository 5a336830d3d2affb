"""JSON Schemas of what is exchanged; they are built when they are first asked for."""
