"""Ground floor: errors, units, tables, figures, text. Imports nothing else of the project."""
