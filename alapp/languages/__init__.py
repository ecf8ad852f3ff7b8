"""The pages in other languages: collecting what they say, keeping translations, choosing one."""
