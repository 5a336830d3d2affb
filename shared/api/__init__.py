"""The HTTP API: a file per noun, with each route declared beside its handler, and what all routes share.

A declaration is cheap, for every worker makes it at its start. What a handler needs beyond what events need is imported
in the handler; schemas and descriptions are built when they are first asked for.
"""
