"""What a profile says a policy does, by 45 CFR 164.514, and whether the policy's rules do it."""
