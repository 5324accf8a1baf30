"""Made-up clinical text for the name finder, and the training of it."""
