"""Written by `manage.py client_code` from the schema: change that, not this."""
