"""Exports: what a project holds, as a file of one moment, made in the background."""
