"""The generated half of the docs, and their build."""
