"""De-identification of HL7 v2 and FHIR messages, byte by byte and patient by patient."""

__version__ = "0.1.0"
