"""Frozen types of events, facts, decisions and notifications: no I/O, no clock."""
