"""The criteria of rule sets, a class for each type, and the reader of those in a document."""
