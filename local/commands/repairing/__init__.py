"""Reconciling and repairing what is stored: ``./dev reconcile`` and ``./dev repair``."""
