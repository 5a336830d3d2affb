"""The triggers: the only code that knows Azure Functions. Each passes on to the workflow or to ``shared.api``."""
