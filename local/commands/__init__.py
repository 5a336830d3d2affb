"""The commands of ``./dev`` that work on a running app, on its storage account, on files and on the code."""
