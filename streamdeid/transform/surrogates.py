"""The surrogate of an entity, by its label: the one place where labels meet the kinds of false values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.addresses import Addresses
from streamdeid.transform.casing import like
from streamdeid.transform.contacts import Contacts
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.names import Names
from streamdeid.transform.places import Places
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity

_CACHED: Final = 16_384


class Surrogates:
    """All surrogates under one secret. Names, contacts and places depend on the scope; identifiers on their
    namespace alone, so that no two of them ever meet in one."""

    def __init__(self, prf: Prf) -> None:
        self._prf = prf
        self.identifiers = Identifiers(prf)
        self.names = Names(prf, self.identifiers)
        self.contacts = Contacts(prf, self.identifiers)
        self.places = Places(prf, self.identifiers)
        self.addresses = Addresses(prf, self.identifiers, self.places)
        #: `replace(scope, entity, mention)`: see `_replace`.
        self.replace = lru_cache(maxsize=_CACHED)(self._replace)

    def _replace(self, scope: str, entity: Entity, mention: str) -> str | None:
        """What stands for `mention`, a way to write the entity; None where there is nothing to replace. Neither has
        blanks around it."""
        family, _, kind = entity.label.partition("/")
        if family == "ID":
            if kind == "SSN" and len(mention) >= 9:
                return self.identifiers.social_security(mention)
            return self.identifiers.mention(_space(kind, entity.namespace), entity.value, mention)
        if family == "NAME":
            return self.names.replace(scope, entity.label, entity.value, mention)
        if family == "CONTACT":
            return self.contacts.replace(scope, entity.label, entity.value, mention)
        if family == "PROFESSION":
            return like(mention, lexicon.pick(self._prf, scope, "profession", mention.casefold(), lexicon.PROFESSIONS))
        return self._location(scope, kind, mention)

    def _location(self, scope: str, kind: str, text: str) -> str | None:
        match kind or self._kind_of_place(text):
            case "STREET":
                return self.addresses.street(scope, text)
            case "CITY":
                return self.places.city(scope, text)
            case "COUNTY":
                return self.places.county(scope, text)
            case "STATE":
                return self.places.state(text)
            case "ZIP":
                return self.places.zip(scope, text)
            case "COUNTRY":
                return None
            case "ROOM":
                return self.places.room(scope, text)
            case "HOSPITAL" | "ORGANIZATION":
                return self.places.institution(scope, text)
            case _:
                return self.addresses.whole(scope, text)

    def _kind_of_place(self, text: str) -> str:
        """What a place is whose label does not say, by its form."""
        plain = text.casefold()
        if plain in lexicon.STATES:
            return "STATE"
        if plain in lexicon.COUNTRIES:
            return "COUNTRY"
        if self.places.is_institution(text):
            return "HOSPITAL"
        if re.fullmatch(r"\d{5}(?:-\d{4})?", text):
            return "ZIP"
        return "ADDRESS" if re.search(r"[\d,\n]", text) else "CITY"


def _space(kind: str, namespace: str) -> str:
    """Ids of resources share the empty namespace with identifiers that name none, as references to them do."""
    return "" if kind == "RESOURCE" else namespace
