"""Export and import: what is stored, as events or as the rows of the tables, in files and back."""
