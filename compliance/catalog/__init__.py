"""The control library: frameworks, controls, checks and streams as data, and their loaders. No organization data."""
