"""Azurites that belong to one test, as those of exports and imports of tables."""

from tests.backup.conftest import own_azurite

__all__ = ["own_azurite"]
