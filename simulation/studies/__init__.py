"""Questions asked of many runs: one file a question, one way to run them (cluster), one place to keep them (store)."""
