"""The changes that would help a customer that is not eligible, a class for each, and plans of several of them."""

from shared.rules.changes import customer, partner

__all__ = ["customer", "partner"]
"""Imported in this order, since ``CHANGES`` has it."""
