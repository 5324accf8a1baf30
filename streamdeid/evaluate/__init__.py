"""Measures what the engine did, from outside: files before, files after, and no trust in the engine's own words."""
