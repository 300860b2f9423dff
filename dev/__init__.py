"""What developers use and production never loads: the sandbox company, stand-in servers, benchmarks."""
