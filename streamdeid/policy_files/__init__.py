"""From policy files to the content of a policy: reading YAML with its lines, includes, and what is wrong where."""
