"""The reference pages and schemas of ``docs/``, written from what the code declares (``./dev reference``)."""
