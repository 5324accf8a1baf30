"""Policies from the configurations of other tools: text in, a policy's content and remarks out."""
