"""From what a firm knows of itself to a company as files: knowns, settings solved for, checks."""
