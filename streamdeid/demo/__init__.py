"""The whole gateway on one machine, fed with made-up patients."""
