"""Questions asked of many runs: one file a question."""
