"""Servers from wheels for one machine: PostgreSQL and Valkey without Docker and without system packages."""
