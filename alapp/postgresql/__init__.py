"""Django's PostgreSQL backend, whose pool outlives a restart of the server."""
