"""The reader's addresses of the API: rounds, progress, the curve, stopping, settings."""
