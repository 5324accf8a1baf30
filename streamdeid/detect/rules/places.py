"""Streets, rooms and postal codes: 45 CFR 164.514(b)(2)(i)(B). The names of cities are the business of `cities`."""

from __future__ import annotations

import re

from streamdeid.detect.rules.context import measured, word_before
from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Extent, Row, Walk, rules, walks
from streamdeid.detect.rules.walk import Word, words_after, words_before
from streamdeid.detect.rules.words import COMMON, word_set

_NO_STREET = word_set(
    "mg ml cc cm mm kg days day weeks week months month years year hours hour hrs minutes times and or with "
    "for to was is were the in on at of by then patient pain per every from more less units that this mild "
    "dr mr mrs ms he she who"
)
#: Kinds of street that are words of a note as well: these need capitals.
_WORDY_KINDS = word_set(
    "way dr place pl court ct square sq circle cir close row hill park path run trail grove gardens view "
    "point crossing loop cove bend ridge creek walk pass st str plaza rise green mews parade common ter "
    "terr villas estate heights drive av rd ln alley pike quay wharf"
)
_SURE_KINDS = word_set("st dr ct rd ln drive")
_NUMBERED = re.compile(r"(?<![a-z0-9])[0-9]{1,3}(?:st|nd|rd|th) $")
_COMMA = re.compile(r",[ ]{0,2}\n?|[ ]{0,2}\n")
_UNITS = word_set("apt apartment unit suite ste floor fl room rm lot flat")
_PLAIN_KINDS = word_set("street avenue road boulevard lane drive")
_ADDRESS = re.compile(
    r"(?<![a-z0-9.,/$-])(?P<number>[1-9][0-9]{0,5}(?:-[0-9]{1,4}|[a-d](?= )| 1/2)?) {1,2}"
    r"(?:(?:[nsew]|[ns][ew]|north|south|east|west|north(?:east|west)|south(?:east|west))\.? )?"
    r"(?P<name>(?:(?:[a-z0-9][a-z0-9'-]{0,24}|(?:st|mt|ft|[a-z])\.) {1,2}){1,4})$"
)
#: The longest number and name of a street, in characters.
_REACH = 80


def _street(match: re.Match[str], folded: Folded) -> Extent | None:
    """Number and name before a kind of street."""
    lower, kind = folded.lower, match["kind"]
    address = _ADDRESS.search(lower, max(0, match.start() - _REACH), match.start())
    if address is None:
        return _street_alone(match, folded)
    if measured(lower, address.end("number")):
        return None
    names = [word for word in re.split(r"[ .]+", address["name"]) if word]
    if any(word in _NO_STREET for word in names):
        return None
    first = folded.text[address.start("name")]
    capitals = (first.isupper() or first.isdigit()) and folded.text[match.start()].isupper()
    share = _street_share(kind, capitals, all(word in COMMON for word in names), len(address["number"]))
    return Extent(address.start("number"), match.end(), share) if share else None


def _street_alone(match: re.Match[str], folded: Folded) -> Extent | None:
    """Elm Street, 45th Avenue: no number, so the kind has to be written out, and in capitals."""
    before = next(words_before(folded.text, match.start(), 1), None)
    numbered = _NUMBERED.search(folded.lower, max(0, match.start() - 6), match.start())
    if match["kind"] not in _PLAIN_KINDS or not folded.text[match.start()].isupper():
        return None
    if numbered is not None:
        return Extent(numbered.start(), match.end(), 0.75)
    if before is None or not before.capital or before.plain in COMMON or before.text.endswith("."):
        return None
    return Extent(before.start, match.end(), 0.7)


def _city_after_street(match: re.Match[str], folded: Folded) -> Extent | None:
    """Leeds in "12 Acacia Avenue, Leeds": capitals after a street with its number."""
    comma = _COMMA.match(folded.text, match.end())
    address = _ADDRESS.search(folded.lower, max(0, match.start() - _REACH), match.start())
    if comma is None or address is None or _street(match, folded) is None:
        return None
    taken: list[Word] = []
    for word in words_after(folded.text, comma.end(), 3):
        if taken and "\n" in folded.text[taken[-1].end : word.start]:
            break
        code = word.shouted and len(word.text) < 3
        if not word.text[0].isupper() or word.initial or code or word.plain in _UNITS:
            break
        taken.append(word)
        if word.text.endswith("."):
            break
    if not taken or all(word.plain in COMMON for word in taken):
        return None
    return Extent(taken[0].start, taken[-1].bare_end, 1.0)


def _street_share(kind: str, capitals: bool, everyday: bool, digits: int) -> float:
    """Kinds that are words too ("way", "dr") need capitals, or a name that is no everyday word."""
    sure = kind in _SURE_KINDS or kind not in _WORDY_KINDS
    if capitals:
        return 1.0 if not everyday or sure else 0.0
    if everyday:
        return 0.5 if kind in _PLAIN_KINDS and digits > 1 else 0.0
    return 0.7 if sure and (digits > 1 or kind not in _WORDY_KINDS) else 0.0


def _room(match: re.Match[str], folded: Folded) -> float:
    """A room or a bed, but no operating room: those tell nothing of the patient."""
    if word_before(folded.lower, match.start()) in _OPERATING or measured(folded.lower, match.end()):
        return 0.0
    return 0.0 if folded.lower[match.end() : match.end() + 1] in ("%", "/") else 1.0


def _postcode(match: re.Match[str], folded: Folded) -> float:
    """Surest in capitals and with its space; TNM stages (T1N0M0) are no postcodes."""
    written = folded.text[match.start() : match.end()]
    if _TNM.match(match["v"]) or measured(folded.lower, match.end()):
        return 0.0
    return (1.0 if " " in written else 0.55) * (1.0 if written.isupper() else 0.6)


def _zip(match: re.Match[str], folded: Folded) -> float:
    return 0.0 if match["v"][:5] in ("00000", "99999") else 1.0


def _zip_after_state(match: re.Match[str], folded: Folded) -> float:
    """Five digits after the name or the code of a state."""
    return _zip(match, folded) if state_before(folded, match.start()) else 0.0


def state_before(folded: Folded, position: int) -> re.Match[str] | None:
    """The state that stands before a zip code, and after a comma or something that is written as a name."""
    state = _STATE_BEFORE.search(folded.lower, max(0, position - 26), position)
    if state is None or len(state["state"]) > 2:
        return state
    if "," in folded.text[max(0, state.start() - 2) : state.start()]:
        return state
    word = next(words_before(folded.text, state.start() - 1, 1), None)
    capital = folded.text[state.start()].isupper()
    if word is None or word.plain in COMMON or word.text[0].isupper() != capital:
        return None
    return state if capital or state["state"] not in _WORDS else None


#: Codes of states that are words.
_WORDS = word_set("as al co de hi id in la ma me oh ok on or pa pe")
_OPERATING = word_set("operating operative endoscopy procedure or surgical suite theater theatre")
_TNM = re.compile(r"t[0-4][a-d]?n[0-3]")
_NAMES = (
    r"alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho"
    r"|illinois|indiana|iowa"
    r"|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri"
    r"|montana|nebraska|nevada"
    r"|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|oregon"
    r"|pennsylvania|rhode island"
    r"|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin|wyoming"
    r"|district of columbia|puerto rico|guam|ontario|quebec|british columbia|alberta|manitoba|saskatchewan"
    r"|nova scotia|new brunswick"
)
_CODES = (
    r"a[lkzr]|c[aot]|de|fl|ga|hi|i[dlna]|k[sy]|la|m[edainsot]|n[evhjmycd]|o[hkr]|pa|ri|s[cd]|t[nx]|ut|v[ta]"
    r"|w[aviy]|dc|pr|gu|on|qc|bc|ab|mb|sk|ns|nb|nl|pe|d\.c\.|n\.y\.|n\.j\.|calif\.|mass\.|fla\.|tex\.|conn\.|penn\."
)
#: A state's name or code in lower case.
STATE = rf"(?:{_NAMES}|{_CODES})"
_STATE_BEFORE = re.compile(rf"(?<![a-z])(?P<state>{STATE}),?[ \n]{{1,3}}$")

_KIND_WORDS = (
    "street str st avenue aven ave av road rd drive drv dr lane ln court crt ct boulevard blvd way place pl "
    "terrace terr ter circle cir parkway pkwy pky highway hwy freeway fwy expressway turnpike tpke square "
    "sq trail trl close crescent cres gardens gdns grove mews row hill park path pike plaza plz run loop "
    "alley aly causeway cswy cove crossing xing bend ridge creek walk pass point view heights hts parade "
    "rise green wharf quay broadway estate villas common"
)
_STREET = (
    rf"(?P<kind>{'|'.join(sorted(_KIND_WORDS.split(), key=len, reverse=True))})(?![a-z'])\.?"
    r"(?: (?:n|s|e|w|ne|nw|se|sw|north|south|east|west)(?![a-z])\.?)?"
    r"(?:,? {0,2}(?:apt|apartment|unit|suite|ste|floor|fl|bldg|building|room|rm|lot|trlr|flat|#|no)(?!"
    r"[a-z])\.? ?#? ?[0-9]{0,5}-?[a-z]?(?![a-z]))?"
)

# fmt: off
_WALKS: tuple[Walk, ...] = (
    ("street", "LOCATION/STREET", 0.9, _KIND_WORDS, _STREET, _street),
    ("after-street", "LOCATION/CITY", 0.7, _KIND_WORDS, _STREET, _city_after_street),
)
_ROWS: tuple[Row, ...] = (
    ("avenue", "LOCATION/STREET", 0.85, "1-6:_",
     r"(?<![a-z.,/$-])(?P<v>[0-9]{1,6} {1,2}(?:[nsew]\.? )?(?:(?:avenue|ave\.?) (?:[a-z]|of the [a-z]{3,12})"
     r"|(?:(?:us|state|county|old) )?(?:highway|hwy\.?|route|rte\.?|road|interstate) [0-9]{1,4}[a-z]?)(?!"
     r"[a-z0-9]))", None),
    ("rural-route", "LOCATION/STREET", 0.85, "rr rural hc =r.r",
     r"(?:r\.?r\.?|rural (?:route|rte)|hc) ?#? ?[0-9]{1,3},? box ?#?[0-9]{1,6}[a-z]?(?![a-z0-9])", None),
    ("po-box", "LOCATION/STREET", 0.93, "=p.o =p._o =p_o po post", r"(?<![a-z])(?:p\.? ?o\.? ?"
     r"|post office )box ?#? ?[0-9]{1,7}[a-z]?(?![a-z0-9])", None),
    ("apartment", "LOCATION/STREET", 0.7, "apt apartment",
     r"(?:apt|apartment)\.? ?(?:#|no\.?)? ?[0-9]{1,5}-?[a-z]?(?![a-z0-9])", _room),
    ("suite", "LOCATION/STREET", 0.6, "suite ste", r"(?:suite|ste\.) ?#?[0-9]{1,5}-?[a-z]?(?![a-z0-9])",
     _room),
    ("zip-said", "LOCATION/ZIP", 0.95, "zip postal postcode post zipcode",
     r"(?:zipcode|zip|postal|post ?code)(?: ?(?:code|plus 4))?[ :#.=]{0,3}(?:is |of )?(?P<v>[0-9]{5}(?:-"
     r"[0-9]{4})?)(?![0-9])", _zip),
    ("zip-four", "LOCATION/ZIP", 0.6, "5:-", r"(?<![a-z.,/-])(?P<v>[0-9]{5}-[0-9]{4})(?![0-9a-z]|[-./,]"
     r"[0-9])", _zip),
    ("zip", "LOCATION/ZIP", 0.93, "5:",
     r"(?<![a-z.,/$-])(?P<v>[0-9]{5}(?:-[0-9]{4})?)(?![0-9a-z]|[.,/-][0-9])", _zip_after_state),
    ("uk-postcode", "LOCATION/ZIP", 0.85, "a9",
     r"(?<![.-])(?P<v>[a-pr-uwyz](?:[0-9]{1,2}|[a-hk-y][0-9]{1,2}|[0-9][a-hjkpstuw]|[a-hk-y][0-9][abehmnprvwxy]) ?"
     r"[0-9][abd-hjlnp-uw-z]{2})(?![a-z0-9])", _postcode),
    ("canadian-postcode", "LOCATION/ZIP", 0.85, "a9",
     r"(?<![.-])(?P<v>[abceghj-nprstvxy][0-9][abceghj-nprstv-z][ -]?[0-9][abceghj-nprstv-z][0-9])(?!"
     r"[a-z0-9])", _postcode),
    ("room", "LOCATION/ROOM", 0.75, "room rm bed ward bay cubicle",
     r"(?:room|rm|bed|ward|bay|cubicle)\.? ?(?:number|no\.?|#)? ?#?[0-9]{1,4}(?:-[0-9]{1,3}|-?[a-z](?!"
     r"[a-z]))?(?![0-9a-z]|[./][0-9])",
     _room),
    ("unit", "LOCATION/ROOM", 0.6, "ward unit wing 1-2:_",
     r"(?:ward|unit|wing) ?#?[0-9]{1,2} ?(?:north|south|east|west|[a-d])(?![a-z0-9])"
     r"|[0-9]{1,2} (?:north|south|east|west) (?:unit|ward|wing|floor)(?![a-z0-9])", None),
    ("coordinates", "LOCATION/GEO", 0.85, "1-3:.",
     r"(?<![a-z.])(?P<v>[0-9]{1,2}\.[0-9]{4,10}°? ?[ns]?[,; ] ?-?[0-9]{1,3}\.[0-9]{4,10}(?:°? ?[ew](?!"
     r"[a-z]))?)(?![0-9.])", None),
)
# fmt: on

RULES = walks("places", _WALKS) + rules("places", _ROWS)
