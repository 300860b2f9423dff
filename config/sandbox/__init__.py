"""Builds the sandbox company through the rooms' own services and replays its history. Embedded mode only."""
