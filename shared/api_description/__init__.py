"""What the API looks like to those who call it: JSON Schemas, the OpenAPI document and the page to try it.

A file per noun holds the schemas of what is sent and answered, and a table of the routes. Nothing here is loaded before
somebody asks for it.
"""
