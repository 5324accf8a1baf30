"""Replacements: surrogates, shifted dates, masks. Pure: the same secret, scope and value give the same replacement."""
