"""Agent-based simulation of community-led, product-led and sales-led growth."""
