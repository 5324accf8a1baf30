"""The one error tree. No error ever carries a value from a message: a code and a path are all it says.

StreamdeidError
├── UsageError             what the caller asked for cannot be done (exit code 2)
│   ├── PolicyError        a policy file is not valid, or contradicts itself
│   └── SettingsError      a secret, broker address or other setting is missing or unusable
└── QuarantineError        this message may not leave; becomes a `Quarantined` outcome in the engine
    ├── ScanError          the bytes are not what their format says (formats/)
    ├── IdentityError      nobody, or more than one, can be named as the patient (identity/)
    ├── UncoveredError     the policy has no rule for something in the message (policy)
    ├── TransformError     a replacement cannot be made or written (transform/)
    ├── DetectorError      a detector failed or ran out of time (detect/)
    └── SurvivorError      an original identifier is still in the output (verify)
"""


class StreamdeidError(Exception):
    """Root of everything that streamdeid raises on purpose."""


class UsageError(StreamdeidError):
    """The request cannot be carried out; the message says what to do about it."""


class PolicyError(UsageError):
    """A policy file is not valid. The message names file, location in the file, and a remedy."""


class SettingsError(UsageError):
    """A setting (secret, broker, directory) is missing or unusable. Never quotes a secret."""


class QuarantineError(StreamdeidError):
    """This message must be quarantined.

    `code` is one word-pair from `QUARANTINE_CODES` such as ``er7.encoding_characters``; `path` is a place in the
    message (``PID-3[2].1``, ``Patient.name[0].family``, ``byte 117``), or empty where there is none to name.
    """

    def __init__(self, code: str, path: str = "") -> None:
        if code not in QUARANTINE_CODES:
            raise ValueError(f"unknown quarantine code {code}")
        super().__init__(f"{code} at {path}" if path else code)
        self.code = code
        self.path = path


class ScanError(QuarantineError):
    """The bytes do not follow the format that they claim."""


class IdentityError(QuarantineError):
    """The patient of the message is missing or ambiguous."""


class UncoveredError(QuarantineError):
    """The policy names no rule for a place in the message."""


class TransformError(QuarantineError):
    """A replacement cannot be made, or cannot be written in the message's charset or type."""


class DetectorError(QuarantineError):
    """A detector failed or ran out of time."""


class SurvivorError(QuarantineError):
    """An identifier of the original message is still readable in the output."""


#: Every reason for quarantine, and what a reviewer should make of it.
QUARANTINE_CODES: dict[str, str] = {
    "message.empty": "There are no bytes, or only blanks.",
    "message.too_large": "The message is larger than the policy's limit.",
    "message.timeout": "The message took longer than the policy's limit.",
    "message.unknown_format": "The bytes are neither HL7 v2 nor FHIR JSON.",
    "message.failure": "An unexpected fault inside streamdeid; its kind is in the path, never its text.",
    "er7.header": "The first segment is not a usable MSH (or FHS, BHS).",
    "er7.encoding_characters": "MSH-1 and MSH-2 do not give distinct delimiters.",
    "er7.segment": "A line is not a segment: three characters, then the field separator.",
    "er7.unknown_segment": "A segment that neither the HL7 tables nor the policy declares.",
    "er7.escape": "An escape sequence that cannot be read.",
    "charset.undecodable": "Bytes that the declared character set does not have.",
    "charset.unsupported": "MSH-18 names a character set that is not supported.",
    "json.syntax": "Not JSON as RFC 8259 defines it.",
    "json.too_deep": "Nested more deeply than the limit.",
    "json.duplicate_key": "An object has one key twice.",
    "json.number": "NaN, Infinity, or a number that JSON does not have.",
    "json.surrogate": "A lone UTF-16 surrogate in a string.",
    "fhir.resource_type": "resourceType is missing, or names no resource of the FHIR version.",
    "fhir.element": "An element that the FHIR version does not define at this place.",
    "fhir.structure": "An object, array or value stands where the FHIR version has another kind.",
    "attachment.unreadable": "An attachment whose text cannot be told from its markup, or that cannot be decoded.",
    "identity.missing": "No patient identifier where the message must have one.",
    "identity.ambiguous": "Two patients where the message must be about one.",
    "policy.unnamed": "The policy names no rule for this place.",
    "policy.refused": "The policy sends this place to quarantine.",
    "transform.unencodable": "The replacement cannot be written in the message's character set.",
    "transform.unreadable": "The value is not of the form that its type demands, so it cannot be replaced in kind.",
    "transform.mandatory": "A value is to be left out, but FHIR demands that the element is there.",
    "detector.failure": "A detector failed.",
    "verify.survivor": "An original identifier would still be readable in the output.",
    "verify.structure": "The output does not scan to the same structure as the input.",
}
