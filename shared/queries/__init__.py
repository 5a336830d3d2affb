"""What people and systems ask over HTTP: a file per noun, each answering with a JSON value or a problem."""
