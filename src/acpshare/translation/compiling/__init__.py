"""Compiling mapping files: data that is complete, or a list of every problem with file, line and path."""
