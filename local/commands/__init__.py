"""Commands of ./dev about rule sets and customers; most of them ask a running app over HTTP."""
