"""Benches, one topic a file; peers run in the same run on the same input."""
