"""Estimators as the sources of the targets used them: pure functions of arrays, tested on data with known answers."""
