"""Benchmarks of the performance goals. `make bench` runs all, `make bench B=p6` one."""
