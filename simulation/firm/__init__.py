"""What the firm does: money becomes capacity, content, ease and brand; the ledger books every cent."""
