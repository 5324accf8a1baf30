"""Benchmarks: figures of one run, to be compared within that run alone."""
