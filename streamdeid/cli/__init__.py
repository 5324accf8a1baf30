"""The `streamdeid` command."""
