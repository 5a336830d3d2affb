"""The rules on their own: documents, criteria, reasons. No I/O but reading documents and examples."""
