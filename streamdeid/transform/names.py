"""False names for people, token by token, so that a field and a sentence agree and relatives still share a name.

A token's surrogate depends on scope, part (family or given) and spelling without case and accents; it is of the
culture and sex that the name tells. With what letter it begins depends on scope and first letter alone: so the initials
of a name, however they are written and whether or not the name is known, are those of the false one. What is around the
tokens (commas, hyphens, titles, particles, a possessive 's) stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded, like
from streamdeid.transform.cultures import (
    by_script,
    family_culture,
    given_culture,
    is_one_letter,
    is_womans_form,
    mans_form,
    womans_form,
)
from streamdeid.transform.identifiers import KEYED, Identifiers
from streamdeid.transform.name_parts import (
    FAMILY,
    GIVEN,
    KEPT,
    NameToken,
    Word,
    are_initials,
    are_lone_initials,
    family_of,
    initials_of,
    is_behind_name,
    is_title,
    known_words,
    name_tokens,
    plain_parts,
    plural_of,
)
from streamdeid.transform.own_lists import OwnLists
from streamdeid.transform.prf import Prf

#: The part of a word that may stand for any names.
INITIALS: Final = "initials"
_LONGEST_INITIALS: Final = 16
#: With what false names may begin, by the letter that the true one does.
_OTHERS: Final = {letter.lower(): lexicon.INITIALS.replace(letter, "") for letter in lexicon.INITIALS}
_PARTS: Final = {"NAME/FAMILY": FAMILY, "NAME/GIVEN": GIVEN}
#: Labels of which a word that may stand behind names is a name.
_FIELDS: Final = frozenset({*_PARTS, "NAME/FULL", "NAME/USER"})
_LABELS: Final = {part: label for label, part in _PARTS.items()}
_NOTHING: Final[Mapping[str, Word]] = {}


class Names:
    """The surrogates of names under one secret. `own` are the policy's own."""

    def __init__(self, prf: Prf, identifiers: Identifiers, own: OwnLists = OwnLists()) -> None:  # noqa: B008 - frozen
        self._prf = prf
        self._identifiers = identifiers
        self._own = own
        self._has_own = bool(own)

    def family(self, scope: str, word: str) -> str:
        """The false family name for one word of a family name."""
        return self._word(scope, FAMILY, word)

    def given(self, scope: str, word: str) -> str:
        """The false given name for a given name, of the sex that the name itself tells."""
        return self._word(scope, GIVEN, word)

    def replace(self, scope: str, label: str, value: str, mention: str) -> str:
        """`mention`, a way to write the name `value` that is labelled `label`, with false words for its words."""
        part = _PARTS.get(label)
        if part and len(mention) > 1 and mention.isascii() and mention.isalpha() and value in (mention, ""):
            if part == FAMILY or not are_initials(mention):
                return like(mention, self._word(scope, part, mention))
        elif label in ("NAME/PREFIX", "NAME/SUFFIX", "NAME/DEGREE"):
            return mention if is_title(mention) else ""
        elif label not in _FIELDS and is_behind_name(mention):
            return mention
        elif label == "NAME/USER":
            if (paired := self._own.paired(label, mention)) is not None:
                return paired
            space = f"{scope} user" if scope.startswith(KEYED) else "user"
            return self._identifiers.surrogate(space, mention) or mention
        return self._written(scope, label, value, mention)

    def _written(self, scope: str, label: str, value: str, mention: str) -> str:
        if value == mention and label not in _PARTS and (parts := plain_parts(mention)) is not None:
            one, _, other = mention.partition(" ")
            return f"{self._plain(scope, parts[0], one)} {self._plain(scope, parts[1], other)}"
        known = _NOTHING if value == mention else known_words(label, value)
        if known and len(mention) < _LONGEST_INITIALS and (words := initials_of(mention, known)) is not None:
            letters = iter([self._word(scope, *word)[0].upper() for word in words])
            return "".join(next(letters) if char.isalpha() else char for char in mention)
        tokens = name_tokens(label, mention)
        if len(tokens) == 1 and not known and label not in _PARTS and are_lone_initials(tokens[0].text):
            tokens = (tokens[0]._replace(part=INITIALS),)
        pieces: list[str] = []
        last = 0
        for token in tokens:
            pieces += mention[last : token.start], self._token(scope, token, known, len(tokens) == 1)
            last = token.end
        return "".join(pieces) + mention[last:]

    def _plain(self, scope: str, part: str, word: str) -> str:
        """What stands for one of several words, of letters of ASCII, in a name that is mentioned as it is stated."""
        if part == GIVEN and are_initials(word):
            return self._initials(scope, word.lower())
        return like(word, self._word(scope, part, word))

    def _token(self, scope: str, token: NameToken, known: Mapping[str, Word], alone: bool) -> str:
        """What stands for one token. `known` are the words of the value that is mentioned."""
        if token.part == KEPT:
            return token.text
        key = folded(token.text)
        part, word = known.get(key) or (token.part, token.text)
        if key not in known:
            if known and len(key) == 1:
                part, word = _begins_with(key, known) or (part, word)
            elif known and (family := family_of(key, known)) is not None:
                return like(token.text, plural_of(self._word(scope, *family)))
            elif alone and len(known) == 1:
                part, word = next(iter(known.values()))
            elif part == INITIALS or (part == GIVEN and are_initials(token.text)):
                return self._initials(scope, key)
        new = self._word(scope, part, word)
        return like(token.text, new[0] if is_one_letter(key) else new)

    def _word(self, scope: str, part: str, word: str) -> str:
        key = folded(word)
        if self._has_own and (new := self._of_own(scope, part, word, key)) is not None:
            return new
        if not key.isalpha():
            return self._identifiers.surrogate("name", word) or word
        if len(key) == 1 and is_one_letter(key):
            return self._initial(scope, key)
        if part == FAMILY:
            return self._family(scope, key)
        known = lexicon.known_given().get(key) or (lexicon.sex_of(key), by_script(key))
        names = lexicon.given_names(*known, self._initial(scope, key[0]))
        return lexicon.pick(self._prf, scope, "name/given", key, names)

    def _family(self, scope: str, key: str) -> str:
        culture = family_culture(key)
        names = lexicon.family_names(culture, self._initial(scope, key[0]))
        if culture and is_womans_form(key, culture):
            return womans_form(lexicon.pick(self._prf, scope, "name/family", mans_form(key), names))
        return lexicon.pick(self._prf, scope, "name/family", key, names)

    def _of_own(self, scope: str, part: str, word: str, key: str) -> str | None:
        """What the policy's pairs and lists have for a word; an initial is none of theirs."""
        label = _LABELS[part]
        paired = self._own.paired(label, word)
        if paired is not None or len(key) == 1:
            return paired
        sex, culture = (lexicon.sex_of(key), given_culture(key)) if part == GIVEN else ("", family_culture(key))
        return self._own.pick(self._prf, scope, label, word, sex, culture)

    def _initials(self, scope: str, letters: str) -> str:
        return "".join([self._initial(scope, letter) for letter in letters])

    def _initial(self, scope: str, letter: str) -> str:
        """The letter that false names begin with for names that begin with `letter` (lower-cased): another one, and for
        several letters the same, so that it does not tell which it was."""
        others = _OTHERS.get(letter, lexicon.INITIALS)
        digest = self._prf.digest(scope, "name/initial", letter)
        return others[int.from_bytes(digest[:16], "big") % len(others)]  # `Prf.number`, in place


def _begins_with(letter: str, words: Mapping[str, Word]) -> Word | None:
    """The first word that an initial may stand for; given names before family names."""
    fitting = (word for key, word in words.items() if key.startswith(letter))
    return min(fitting, key=lambda word: word.part == FAMILY, default=None)
