"""Ratios against the practical limit of the machine, taken in one run: ``uv run python -m tests.benchmarks``."""
