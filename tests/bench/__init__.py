"""The product measured beside the bare stack: ``make bench`` writes docs/performance.md."""
