"""Commands for those who work on the model: python -m tools.x."""
