"""`python -m streamdeid.cli` is the `streamdeid` command."""

from streamdeid.cli.app import main

main()
