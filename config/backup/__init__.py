"""One file that holds an installation: database, sealed evidence and keys."""
