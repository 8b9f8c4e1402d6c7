"""A 12345 government hotline over Asterisk."""

__version__ = "0.1.0"
