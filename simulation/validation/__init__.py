"""Held against what is published: experiments, the statistics their sources computed, and the targets' ranges."""
