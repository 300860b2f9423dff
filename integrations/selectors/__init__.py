"""Reading for pages, API and the wiring."""

from integrations.selectors.connections import connection, connections, unfinished
from integrations.selectors.pulls import probe, pulls

__all__ = ["connection", "connections", "probe", "pulls", "unfinished"]
