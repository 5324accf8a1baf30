"""What is remembered of patients: who they are, what is known of them, and what their surrogates are drawn from."""
