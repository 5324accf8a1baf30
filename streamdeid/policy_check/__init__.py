"""What a policy does, tried: cases with what is expected of them, and the difference between two policies."""
