"""What a policy says: its sections, its rules, and the lists and profiles that it names."""
