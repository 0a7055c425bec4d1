"""What a run is told: the schema (unit, bounds, prior), how it is composed, and how errors are said."""
