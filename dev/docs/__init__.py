"""What `make docs` does: check every link, and write the reference that comes from code."""
