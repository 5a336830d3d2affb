"""What would help a customer that is not eligible: smallest sets of changes that make it eligible."""
