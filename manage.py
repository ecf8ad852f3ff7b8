#!/usr/bin/env python
"""The command line of alapp: everything an operator does."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alapp.settings")
    execute_from_command_line(sys.argv)
