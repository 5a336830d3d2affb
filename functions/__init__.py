"""The triggers, a blueprint per file: the only code that knows Azure Functions. Bodies only pass on."""
