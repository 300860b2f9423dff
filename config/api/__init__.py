"""The JSON API: what is the same for every room."""
