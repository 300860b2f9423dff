"""The JSON API's door and manners, used by every room's `api/`. Each room's routes are in its `api/urls.py`."""
