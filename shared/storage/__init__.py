"""What is kept, and where: one small ``Store`` of rows, and a file per noun kept in it."""
