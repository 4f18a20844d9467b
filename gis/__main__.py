"""`python -m gis`."""

from gis.cli.app import main

main()
