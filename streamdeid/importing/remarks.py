"""What is done differently from the tool that a configuration was written for, in words for whoever uses the policy."""

from __future__ import annotations

from collections.abc import Iterator

from streamdeid.importing.configuration import Configuration, Parameters


def general_remarks(configuration: Configuration, keep_unmatched: bool) -> Iterator[str]:
    """The differences that concern the whole configuration."""
    parameters = configuration.parameters
    used = {str(rule.get("method", "")).lower() for rule in configuration.fhirPathRules}
    if keep_unmatched:
        yield "what no rule picks is kept, as it was; elements that FHIR does not define are quarantined"
    else:
        yield (
            "what no rule picks was kept, and is now treated by the rules of expert_determination below the imported"
            " ones; --keep-unmatched keeps it, and with it whatever identifies"
        )
    yield "HL7 v2, free text and what detectors find are treated as by expert_determination"
    yield "resources are labelled in meta.security as fhir.tags says, not by what was done"
    if (configuration.processingErrors or configuration.processingError or "raise").lower() != "raise":
        yield "processingErrors: a message that cannot be processed is quarantined, never passed on empty"
    keys = [name for name in ("dateShiftKey", "cryptoHashKey", "encryptKey") if getattr(parameters, name)]
    if keys:
        yield (
            f"{', '.join(keys)}: not taken over; surrogates and shifts come from streamdeid's own secret, and differ"
            " from those made before"
        )
    if used & {"redact", "substitute", "generalize"}:
        yield from _about_redact(parameters)
    if "dateshift" in used:
        yield from _about_dates(parameters)
    if used & {"cryptohash", "pseudonymize"}:
        yield (
            "cryptoHash, pseudonymize: a value becomes a keyed surrogate of its own form, the same everywhere, not 64"
            " hexadecimal digits; dates, numbers, booleans and documents under them are quarantined"
        )
    if "encrypt" in used:
        yield (
            "encrypt: a text becomes a token of AES-SIV, always the same, that streamdeid's secret turns back;"
            " ids become surrogates; dates, numbers, codes and documents under it are quarantined"
        )
    if "generalize" in used:
        yield "generalize: under redact, texts that meet no case become [removed], any other value is left out"
    if "perturb" in used:
        yield "perturb: the noise is drawn from the secret: one patient's value gets the same noise in every message"


def _about_redact(parameters: Parameters) -> Iterator[str]:
    yield (
        "redact: numbers, booleans and quantities are left out, and where FHIR demands them the message is quarantined"
        " (transform.mandatory); other elements keep their place: texts become [removed], codes unknown, ids"
        " surrogates; change that in fhir.methods.redact"
    )
    if parameters.enablePartialDatesForRedact:
        yield "redact: dates become their year; of years more than 89 years back, the last one; import again each year"
    else:
        yield "redact: dates become 1900-01-01"
    if parameters.enablePartialAgesForRedact:
        yield "redact: ages over 89 become 90"


def _about_dates(parameters: Parameters) -> Iterator[str]:
    if parameters.dateShiftFixedOffsetInDays is None:
        yield "dateShift: all dates of a patient move by one number of days, 1 to 50, and always back"
    if (parameters.dateShiftScope or "resource").lower() != "patient":
        yield "dateShiftScope: it is the patient, in all messages, whatever resource, file or folder"
    yield "dateShift: times of day stay, dates without a day are shifted too, and dates over 89 years back stay dates"
