"""Telephone and fax numbers, pagers, e-mail and web addresses, handles."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from streamdeid.training.values.lists import held_too, lexicon
from streamdeid.training.values.numbers import digits, filled
from streamdeid.training.values.origins import Person
from streamdeid.training.values.pieces import Share, pick, plain

_TAILS: Final = (" x{}", " ext. {}", " ext {}", " Ext. {}", "x{}", " extension {}", ", ext. {}", " EXT {}")


class Contacts:
    """Draws ways to reach somebody; addresses are partly made from the person's name."""

    def __init__(self, share: Share) -> None:
        words = lexicon("contacts")
        self._phones = held_too(words, "phone", share.held_out)
        self._words, self._hosts = share.of(words["word"]), share.of(words["host"])
        self._mails, self._mail_domains = words["mail"], words["mail.domain"]
        self._urls, self._handles, self._domains = words["url"], words["handle"], words["domain"]
        self.kinds: Mapping[str, Callable[[random.Random], str]] = {
            "phone": self.phone,
            "fax": self.fax,
            "pager": lambda rng: dialled(rng, pick(rng, words["pager"])),
            "extension": lambda rng: dialled(rng, pick(rng, words["extension"])),
            "ip": ip,
        }

    def phone(self, rng: random.Random) -> str:
        """A telephone number, now and then with an extension."""
        number = dialled(rng, pick(rng, self._phones))
        return number + pick(rng, _TAILS).format(digits(rng, 4)) if rng.random() < 0.06 else number

    def fax(self, rng: random.Random) -> str:
        """A fax number."""
        return dialled(rng, pick(rng, self._phones))

    def email(self, rng: random.Random, person: Person) -> str:
        """An e-mail address of `person`."""
        domain = pick(rng, self._mail_domains) if rng.random() < 0.6 else self._host(rng)
        address = f"{self._named(rng, person, pick(rng, self._mails))}@{domain}"
        chance = rng.random()
        if chance < 0.04:
            return address.upper()
        return address.title() if chance < 0.07 else address

    def url(self, rng: random.Random, person: Person) -> str:
        """A web address, of a place or of `person`."""
        return self._named(rng, person, pick(rng, self._urls))

    def handle(self, rng: random.Random, person: Person) -> str:
        """A user name: "@marysmith42", "smithm"."""
        form = pick(rng, self._handles)
        name = self._named(rng, person, form)
        return name.upper() if rng.random() < 0.06 else name

    def _host(self, rng: random.Random) -> str:
        name = pick(rng, self._hosts) + pick(
            rng, ("", "", "health", "clinic", "hospital", "med", "care", "law", "group")
        )
        return f"{name}.{pick(rng, self._domains)}"

    def _named(self, rng: random.Random, person: Person, form: str) -> str:
        given, family = _ascii(person.given), _ascii(person.family)
        middle = _ascii(person.middle[0]) if person.middle else given
        return form.format(
            g=given,
            f=family,
            i=given[:1],
            fi=family[:1],
            i2=middle[:1],
            n=digits(rng, 1 + int(rng.random() * 3)),
            n6=digits(rng, 6),
            n10=digits(rng, 10),
            year=1940 + int(rng.random() * 70),
            hex=filled(rng, "^^^^^^^^^^"),
            word=pick(rng, self._words),
            word2=pick(rng, self._words),
            host=self._host(rng) if "{host}" in form else "",
        )


def dialled(rng: random.Random, pattern: str) -> str:
    """A pattern as in `numbers` with its digits; "n" is one above 1."""
    return "".join([pick(rng, "23456789") if char == "n" else filled(rng, char) for char in pattern])


def ip(rng: random.Random) -> str:
    """An address of the Internet Protocol, version 4 or 6."""
    if rng.random() < 0.15:
        return ":".join(f"{int(rng.random() * 65536):x}" for _ in range(8))
    start = pick(rng, ("10.", "192.168.", "172.16.", "", ""))
    octets = [str(int(rng.random() * 255)) for _ in range(4 - start.count("."))]
    return start + ".".join(octets)


def _ascii(name: str) -> str:
    return "".join(char for char in plain(name).lower() if "a" <= char <= "z") or "me"
