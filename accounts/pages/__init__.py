"""Sign-in and account pages under `/account/`."""
