"""The sample city and the sample call: what `./hotline run` shows on a fresh machine."""
