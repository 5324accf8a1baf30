"""Rules for the identifiers of 45 CFR 164.514(b)(2)(i)(A)-(R) as clinical narrative writes them.

One module per kind, each with one table of rows: name, label, score, anchors (where the pattern is tried), pattern,
and what makes sure of a match. `detector` runs them all.
"""
