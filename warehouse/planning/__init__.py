"""Statements that expressions came to, kept for the next county of the same shape and run as they stand."""
