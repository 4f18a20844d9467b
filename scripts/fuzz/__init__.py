"""Seeded mutations of every format and office layout, run through the real readers and verbs."""
