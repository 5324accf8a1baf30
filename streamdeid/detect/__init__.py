"""Detectors: functions from a text to spans. They are pure and know nothing of message formats."""
