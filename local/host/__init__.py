"""A development host for Azure Functions apps in Python; README.md says what it does and what it does not.

``ports`` and ``arguments`` also serve ``local/setup``: standard library only, Python 3.9 on.
"""
