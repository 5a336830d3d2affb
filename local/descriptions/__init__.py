"""What describes the API and the messages, made of the declarations: OpenAPI, AsyncAPI and the JSON Schemas.

``./dev reference`` writes it to ``shared/api/published``, whose files the app serves.
"""
