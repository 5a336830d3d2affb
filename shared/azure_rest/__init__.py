"""Bare REST calls to the tables and queues of a storage account, for what every event does; nothing here knows what is
stored. The SDK's clients take five to ten times the CPU for the same calls (``docs/decisions``)."""
