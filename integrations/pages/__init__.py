"""Pages of this room: thin; services write, selectors read."""
