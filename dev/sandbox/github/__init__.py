"""The stand-in GitHub of the sandbox company: a small stateful server that speaks the REST protocol."""
