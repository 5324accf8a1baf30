"""The surrogate of an entity, by its label: the one place where labels meet the kinds of false values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.addresses import Addresses, holds_more, is_wider_than_town
from streamdeid.transform.casing import like
from streamdeid.transform.contacts import EMAIL, Contacts
from streamdeid.transform.identifiers import KEYED, Identifiers
from streamdeid.transform.name_parts import is_degree
from streamdeid.transform.names import Names
from streamdeid.transform.own_lists import OwnLists
from streamdeid.transform.places import Places
from streamdeid.transform.prf import Prf
from streamdeid.transform.saying_none import says_none
from streamdeid.transform.whereabouts import Whereabouts
from streamdeid.types import Entity

_CACHED: Final = 16_384
#: Labels whose lists are asked for by parts, or with the region.
_ASKED_ELSEWHERE: Final = frozenset(
    {"LOCATION/STREET", "LOCATION/CITY", "LOCATION/COUNTY", "LOCATION/ZIP", "LOCATION/HOSPITAL", "LOCATION/ADDRESS"}
)
#: Kinds of places under which more than one part of an address may be found.
_PARTS_OF_PLACES: Final = frozenset({"CITY", "ZIP", "COUNTRY"})


class Surrogates:
    """All surrogates under one secret. Names, contacts and places depend on the scope; identifiers on their
    namespace alone, so that no two of them ever meet in one."""

    def __init__(self, prf: Prf, own: OwnLists = OwnLists()) -> None:  # noqa: B008 - frozen
        self._prf = prf
        self._own = own
        self._has_own = bool(own)
        self.identifiers = Identifiers(prf)
        self.names = Names(prf, self.identifiers, own)
        self.contacts = Contacts(prf, self.identifiers, self.names)
        self.places = Places(prf, self.identifiers, own)
        self.addresses = Addresses(prf, self.identifiers, self.places, own)
        #: `replace(scope, entity, mention)`: see `_replace`.
        self.replace = lru_cache(maxsize=_CACHED)(self._replace)

    def _replace(self, scope: str, entity: Entity, mention: str) -> str | None:
        """What stands for `mention`, a way to write the entity; None where there is nothing to replace. Neither has
        blanks around it. The entity's namespace tells of a part of an address what `whereabouts.of_part` says, and of
        an e-mail address what `mailboxes.owner_of` does."""
        family, _, kind = entity.label.partition("/")
        if says_none(entity.label, mention):
            return None
        if self._has_own and family != "NAME" and (new := self._of_own(scope, entity, mention)) is not None:
            return new
        if "@" in mention and family in ("ID", "NAME") and EMAIL.fullmatch(mention) is not None:
            if family == "NAME":
                return self.contacts.email(scope, mention)
            return self._of_mailbox(scope, kind, entity.namespace, mention)
        if family == "ID":
            keyed = scope if scope.startswith(KEYED) and kind != "RESOURCE" else ""
            if kind == "SSN" and len(mention) >= 9:
                return self.identifiers.social_security(mention, keyed)
            return self.identifiers.mention(keyed or _space(kind, entity.namespace), entity.value, mention)
        if family == "NAME":
            return self.names.replace(scope, entity.label, entity.value, mention)
        if family == "CONTACT":
            return self.contacts.replace(scope, entity.label, entity.value, mention, entity.namespace)
        if family == "PROFESSION":
            if is_degree(mention):
                return None
            return like(mention, lexicon.pick(self._prf, scope, "profession", mention.casefold(), lexicon.PROFESSIONS))
        return self._location(scope, kind, mention, entity.namespace)

    def _of_mailbox(self, scope: str, kind: str, namespace: str, text: str) -> str:
        """An identifier in the form of an e-mail address: of the shape of the true one, so that no two become one, and
        at nobody's domain."""
        keyed = scope if scope.startswith(KEYED) and kind != "RESOURCE" else ""
        new = self.identifiers.surrogate(keyed or _space(kind, namespace), text) or text
        return f"{new.replace('@', '.')}@example.com"

    def _of_own(self, scope: str, entity: Entity, mention: str) -> str | None:
        """What the policy's pairs have for a value as it is stated or mentioned; and its lists, for the kinds of values
        for which nobody else asks them."""
        paired = self._own.paired(entity.label, mention) or self._own.paired(entity.label, entity.value)
        if paired is not None or entity.label in _ASKED_ELSEWHERE:
            return paired
        return self._own.pick(self._prf, scope, entity.label, mention)

    def _location(self, scope: str, kind: str, text: str, where: str) -> str | None:
        kind = kind or self._kind_of_place(text)
        if kind in _PARTS_OF_PLACES and holds_more(kind, text):
            return self.addresses.whole(scope, text, Whereabouts.decode(where))
        match kind:
            case "STREET":
                return self.addresses.street(scope, text)
            case "CITY":
                if not where and is_wider_than_town(text):
                    return self._location(scope, self._kind_of_place(text), text, "")
                return self.places.city(scope, text, where)
            case "COUNTY":
                return self.places.county(scope, text, where)
            case "STATE":
                return self.places.state(text)
            case "ZIP":
                return self.places.zip(scope, text, where)
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
