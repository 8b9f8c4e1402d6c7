"""Knowledge: what agents read to answer at once."""
