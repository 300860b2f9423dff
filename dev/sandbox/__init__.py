"""The sandbox company and the stand-in systems it connects to. Imports no room of the product."""
