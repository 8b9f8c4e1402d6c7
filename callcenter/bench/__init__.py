"""Speed and size, measured on real parts, told as ratios against the bare part in one run (docs/performance.md)."""
