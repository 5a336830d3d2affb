"""The product's logic; nothing here knows Azure Functions, and only ``wiring`` knows a concrete store or queue."""
