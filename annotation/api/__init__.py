"""The REST API: everything the pages can do, by the same services and under the same rules."""
