"""Whose labels, how good: numbers in, numbers out. Worker processes only: it imports numpy."""
