"""The plots of docs/BENCHMARKS.md. Entry: bench/plot."""
