"""Halyard AI, a company that does not exist: its people, its cloud accounts and nine weeks of events, as data."""
