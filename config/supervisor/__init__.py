"""`manage.py up`: every process of one installation, started in order, watched, and stopped in reverse."""
