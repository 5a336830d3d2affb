"""The HTTP API: a file per noun, with each route declared beside its handler, and what all routes share.

A declaration is cheap, for every worker makes it at its start. What a handler needs beyond what events need is imported
in the handler. What describes the API is in ``published``: files that ``local/descriptions`` makes of the declarations.
"""
