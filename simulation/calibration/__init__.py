"""From a company's own exports to what the model may believe about it."""
