"""Held against what is known: published patterns, the statistics of their sources, and a company's own exports."""
