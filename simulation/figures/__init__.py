"""Figures fit for a presentation: one file a figure, each returns a matplotlib Figure and says in words what it shows."""
