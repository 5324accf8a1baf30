"""From a surrogate to the original, for who has the secret and the vault.

Four ways back. A token of `encrypt` is opened. A value of `format_preserving` is turned back by its label, of which the
policy has to say that it is treated so. A false identifier goes back through the permutation of its namespace. Whatever
else is false is found by deriving anew what stands for every value that the vault remembers of a patient, or
of all, and comparing; a date of a patient is shifted back. Whoever was erased stays so: what the vault has forgotten is
not found, and an identifier of theirs is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from typing import NamedTuple

from streamdeid.engine import Deidentifier
from streamdeid.errors import QuarantineError, UsageError
from streamdeid.policy.policy import Operator, Surrogates
from streamdeid.policy.rulebook import rule_of_label
from streamdeid.restore import Restorer
from streamdeid.transform.dates import days_for, shift_fhir, shift_hl7
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.operators import Request, Strategy, Subject, Transformer
from streamdeid.transform.originals import Originals
from streamdeid.transform.replacing import Surrogate
from streamdeid.transform.shapes import canonical
from streamdeid.transform.written_dates import shift_written
from streamdeid.types import Entity, Format
from streamdeid.vault.vault import Form, Vault

_MONTH_DAYS = 30


class Finding(NamedTuple):
    """What a surrogate, or a part of it, stands for. `how`: ``token``, ``format_preserving``, ``permutation``,
    ``form`` or ``date``; `patient` is whose it is, empty where that is not known."""

    value: str
    label: str
    how: str
    patient: str = ""


class Reidentifier:
    """Finds originals in one vault. `secrets` are those of tokens."""

    def __init__(self, engine: Deidentifier, vault: Vault, secrets: Sequence[bytes]) -> None:
        self._vault = vault
        self._policy = engine.policy
        self._patient_key = engine.patient_key
        self._tokens = Restorer(engine.policy, secrets)
        if engine.policy.surrogates is Surrogates.RANDOM and vault.known_seeds() is None:
            raise UsageError("no random surrogates were drawn from this vault")
        self._identity = engine.false_identity(vault)
        prf = self._identity.prf
        self._transformer = Transformer(prf, own=engine.policy.own_lists)
        self._there, self._back = Identifiers(prf), Originals(prf)

    def find(
        self, surrogate: str, label: str = "", patient: str = "", namespace: str = "", authority: str = ""
    ) -> list[Finding]:
        """What a surrogate stands for. `label` or its family narrows what is thought of, and is needed for a value that
        keeps its format; `patient` is the key of the one whose it is; `namespace` and `authority` are those of an
        identifier. Where the policy makes surrogates with the label in more than one way, all that it may stand for.

        Raises:
            UsageError: an identifier is of a patient who was erased, or may be, or cannot be turned back.
        """
        text = surrogate.strip()
        plain = self._tokens.plain(text)
        if plain is not None:
            return [Finding(plain.text, "", "token")]
        patients = self._vault.person(patient) if patient else list(self._vault.patients())
        preserved = list(self._by_format(text, label, authority))
        found = list(dict.fromkeys(self._by_forms(text, label, patients)))
        if patient and (not label or label.startswith("DATE")):
            known = {one.value for one in found}
            found += dict.fromkeys(one for one in self._dates(text, patient) if one.value not in known)
        is_identifier = label.startswith("ID") or (not label and any(map(str.isdigit, text)))
        if not found and is_identifier and not self._is_preserved(label):
            with suppress(UsageError) if preserved else nullcontext():
                found += self._identifier(text, namespace, authority)
        return preserved + found

    def _by_format(self, text: str, label: str, authority: str) -> Iterator[Finding]:
        """What a value that keeps its format stands for, under each label that is meant."""
        labels = {one for one in self._policy.preserved if label and _is_of(one, label)}
        for one in sorted(labels | ({label} if self._is_preserved(label) else set())):
            original = self._tokens.original(text, one)
            if original is not None and original != text:
                patient = self._told(original, authority) if one.startswith("ID") else ""
                yield Finding(original, one, "format_preserving", patient)

    def _is_preserved(self, label: str) -> bool:
        """Whether all that detectors find with this label keeps its format."""
        rule = rule_of_label(self._policy.labels, label)
        return rule is not None and rule.operator is Operator.FORMAT_PRESERVING

    def _identifier(self, text: str, namespace: str, authority: str) -> Iterator[Finding]:
        if self._policy.keys_identifiers:
            raise UsageError(
                "this policy keys identifiers on more than their value, so that they cannot be turned back: `encrypt`"
                " what has to have a way back"
            )
        original = self._back.surrogate(namespace, text)
        if not original or self._there.surrogate(namespace, original) != text:
            return
        yield Finding(original, "ID", "permutation", self._told(original, authority))

    def _told(self, original: str, authority: str) -> str:
        """The key of the patient whose identifier this is, if the vault knows one.

        Raises:
            UsageError: they were erased, or may have been.
        """
        key = self._patient_key(original, authority)
        if not authority and any(self._vault.read(one).salt for one in self._vault.patients()):
            raise UsageError("patients were erased: give the assigning authority, to show that this is none of theirs")
        if self._vault.read(key).salt:
            raise UsageError("this identifier is of a patient who was erased")
        return key if self._vault.has(key) else ""

    def _by_forms(self, text: str, label: str, patients: Iterable[str]) -> Iterator[Finding]:
        """Whole values; else the words of a name or an address, one by one."""
        wanted = _folded(text)
        words = {_folded(word) for word in text.replace(",", " ").split()} - {""}
        parts: list[Finding] = []
        whole = False
        for patient in patients:
            for form, new in self._derived(patient, label):
                if _folded(new) == wanted or (form.label.startswith("ID") and canonical(new) == canonical(text)):
                    whole = True
                    yield Finding(form.value, form.label, "form", patient)
                elif len(words) > 1 and _folded(new) in words:
                    parts.append(Finding(form.value, form.label, "form", patient))
        if not whole:
            yield from parts

    def _derived(self, patient: str, label: str) -> Iterator[tuple[Form, str]]:
        """What stands for each known value of a patient, under all names that the patient has had."""
        forms = [form for form in self._vault.read(patient).forms if _is_of(form.label, label)]
        if not forms:
            return
        subjects = [self._subject(key) for key in self._vault.person(patient)]
        for form in forms:
            if form.scope not in ("patient", "entity"):
                continue  # keyed on what only its message said
            for subject in subjects if form.scope == "patient" else [Subject("", subjects[0].days)]:
                for strategy in self._strategies(form.label):
                    new = self._replaced(strategy, form, subject)
                    if new:
                        yield form, new

    def _subject(self, patient: str) -> Subject:
        record, dates = self._vault.read(patient), self._policy.dates
        scope = self._identity.scope(patient, record.epoch, record.salt)
        return Subject(scope, days_for(self._identity.prf, scope, dates.min_days, dates.max_days, dates.keep_weekday))

    def _strategies(self, label: str) -> Iterator[Strategy]:
        yield Surrogate()
        rule = rule_of_label(self._policy.labels, label)
        if rule is not None and rule.operator.value in ("hash", "shift"):
            yield rule.strategy

    def _replaced(self, strategy: Strategy, form: Form, subject: Subject) -> str | None:
        request = Request(Entity(form.label, form.value, form.namespace), subject, form.value, "ST", Format.TEXT)
        try:
            return self._transformer.replace(strategy, request)
        except QuarantineError:
            return None

    def _dates(self, text: str, patient: str) -> Iterator[Finding]:
        """The dates that shift to this one: one, but for a month without a day perhaps two."""
        for key in self._vault.person(patient):
            days = self._subject(key).days
            for more in (0, _MONTH_DAYS, -_MONTH_DAYS):
                original = _shifted(text, more - days)
                if original is not None and _shifted(original, days) == text:
                    yield Finding(original, "DATE", "date", key)


def _shifted(text: str, days: int) -> str | None:
    return shift_fhir(text, days) or shift_hl7(text, days) or shift_written(text, days, False)


def _is_of(label: str, wanted: str) -> bool:
    return not wanted or label == wanted or label.partition("/")[0] == wanted


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().strip(" ,.")
