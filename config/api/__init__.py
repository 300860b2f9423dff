"""The JSON API as a whole: its routes and its description."""
