"""A stand-in AWS over HTTP: moto's server with an overlay for what moto lacks. Never loaded by the product."""
