"""Named entities that a token-classification model finds: all but running the model, which `streamdeid.models` does."""
