"""Recorded functions: `function`, `Program`, its files and C text, loops, many examples at once."""
