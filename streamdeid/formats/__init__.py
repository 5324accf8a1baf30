"""Message formats: bytes to leaves, and edits back into bytes."""
