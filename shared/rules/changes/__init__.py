"""The changes that would help a customer that is not eligible, a class for each, and plans of several of them."""

from shared.rules.changes import customer, partner, waiting

__all__ = ["customer", "partner", "waiting"]
"""Imported in this order, since ``CHANGES`` has it."""
