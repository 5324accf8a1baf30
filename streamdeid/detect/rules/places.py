"""Places smaller than a state: 45 CFR 164.514(b)(2)(i)(B). Streets, codes and rooms here; cities in `cities`."""

from __future__ import annotations

import re

from streamdeid.detect.rules.context import measured
from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Row, rules
from streamdeid.detect.rules.words import COMMON

_NO_STREET = frozenset(
    "mg ml cc cm mm kg days day weeks week months month years year hours hour hrs minutes times and or with for to was is were the in on at of "
    "by then patient pain left right per every from more less units old that this mild small large dr mr mrs ms he she who".split()
)
#: Kinds of street that are words of a note as well: these need capitals.
_WORDY_KINDS = frozenset(
    "way dr place pl court ct square sq circle cir close row hill park path run trail grove gardens view point crossing loop cove bend ridge "
    "creek walk pass st str plaza rise green mews parade common ter terr villas estate heights drive av rd ln alley pike quay wharf".split()
)
_SURE_KINDS = frozenset("st dr ct rd ln drive".split())


def _street(match: re.Match[str], folded: Folded) -> float:
    """Number, name, kind of street. Kinds that are words too ("way", "dr") need capitals, and no everyday word as name."""
    names = [word for word in re.split(r"[ .]+", match["name"]) if word]
    if any(word in _NO_STREET for word in names) or measured(folded.lower, match.end("number")):
        return 0.0
    first, kind = folded.text[match.start("name")], folded.text[match.start("kind")]
    known = all(word in COMMON for word in names)
    if match["kind"] in _WORDY_KINDS:
        if not (first.isupper() or first.isdigit()) or not kind.isupper():
            return 0.6 if match["kind"] in _SURE_KINDS and not known and len(match["number"]) > 1 else 0.0
        return 0.9 if not known or match["kind"] in _SURE_KINDS else 0.5
    if first.isupper() or first.isdigit():
        return 1.0
    return 0.0 if known else 0.7


def _room(match: re.Match[str], folded: Folded) -> float:
    return 0.0 if measured(folded.lower, match.end()) or folded.lower[match.end() : match.end() + 1] in ("%", "/") else 1.0


def _postcode(match: re.Match[str], folded: Folded) -> float:
    """Surest in capitals and with its space; TNM stages (T1N0M0) are no postcodes."""
    written = folded.text[match.start() : match.end()]
    if _TNM.match(match["v"]) or measured(folded.lower, match.end()):
        return 0.0
    return (1.0 if " " in written else 0.7) * (1.0 if written.isupper() else 0.6)


def _zip(match: re.Match[str], folded: Folded) -> float:
    return 0.0 if match["v"][:5] in ("00000", "99999") else 1.0


def _zip_after_state(match: re.Match[str], folded: Folded) -> float:
    """Five digits after the name or the code of a state."""
    return _zip(match, folded) if STATE_BEFORE.search(folded.lower, max(0, match.start() - 26), match.start()) else 0.0


_TNM = re.compile(r"t[0-4][a-d]?n[0-3]")
_NAMES = (
    r"alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|"
    r"massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|"
    r"oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin|wyoming|"
    r"district of columbia|puerto rico|guam|ontario|quebec|british columbia|alberta|manitoba|saskatchewan|nova scotia|new brunswick"
)
_CODES = (
    r"a[lkzr]|c[aot]|de|fl|ga|hi|i[dlna]|k[sy]|la|m[edainsot]|n[evhjmycd]|o[hkr]|pa|ri|s[cd]|t[nx]|ut|v[ta]|w[aviy]|dc|pr|gu|on|qc|bc|ab|mb|sk|ns|nb|nl|pe|"
    r"d\.c\.|n\.y\.|n\.j\.|calif\.|mass\.|fla\.|tex\.|conn\.|penn\."
)
#: A state's name or code in lower case.
STATE = rf"(?:{_NAMES}|{_CODES})"
STATE_BEFORE = re.compile(rf"(?<![a-z]){STATE},?[ \n]{{1,3}}$")

_KIND = (
    r"(?P<kind>street|str|st|avenue|aven|ave|av|road|rd|drive|drv|dr|lane|ln|court|crt|ct|boulevard|blvd|way|place|pl|terrace|terr|ter|circle|cir|"
    r"parkway|pkwy|pky|highway|hwy|freeway|fwy|expressway|turnpike|tpke|square|sq|trail|trl|close|crescent|cres|gardens|gdns|grove|mews|row|hill|park|"
    r"path|pike|plaza|plz|run|loop|alley|aly|causeway|cswy|cove|crossing|xing|bend|ridge|creek|walk|pass|point|view|heights|hts|parade|rise|"
    r"green|wharf|quay|broadway|estate|villas|common)"
)
_UNIT = r"(?:,? {0,2}(?:apt|apartment|unit|suite|ste|floor|fl|bldg|building|room|rm|lot|trlr|flat|#|no)\.? ?#? ?[0-9]{0,5}-?[a-z]?(?![a-z]))?"
_COMPASS = r"(?:(?:[nsew]|[ns][ew]|north|south|east|west|north(?:east|west)|south(?:east|west))\.? )?"
_STREET_WORDS = (
    "street str st avenue aven ave av road rd drive drv dr lane ln court crt ct boulevard blvd way place pl terrace terr ter circle cir parkway pkwy pky highway "
    "hwy freeway fwy expressway turnpike tpke square sq trail trl close crescent cres gardens gdns grove mews row hill park path pike plaza plz run loop alley aly "
    "causeway cswy cove crossing xing bend ridge creek walk pass point view heights hts parade rise green wharf quay broadway estate villas common"
)
_ROOM_WORDS = "room rm bed ward bay cubicle suite ste apt apartment floor unit flat building bldg"

_ROWS: tuple[Row, ...] = (
    ("street", "LOCATION/STREET", 0.9, "# " + _STREET_WORDS,
     rf"(?P<v>(?P<number>[0-9](?<![0-9a-z.,/$-][0-9])[0-9]{{0,5}}(?:-[0-9]{{1,4}}|[a-d](?= )| 1/2)?),? {{1,2}}{_COMPASS}"
     rf"(?P<name>(?:[a-z0-9][a-z0-9.'-]{{0,24}} {{1,2}}){{1,4}}?){_KIND}(?![a-z'])\.?(?: (?:n|s|e|w|ne|nw|se|sw|north|south|east|west)(?![a-z])\.?)?{_UNIT})", _street),
    ("avenue", "LOCATION/STREET", 0.85, "# avenue ave highway hwy route rte road rr rural interstate county state",
     r"(?P<v>[0-9](?<![0-9a-z.,/$-][0-9])[0-9]{0,5} {1,2}(?:(?:n|s|e|w)\.? )?(?:(?:avenue|ave\.?) (?:[a-z]|of the [a-z]{3,12})|(?:(?:us|state|county|old) )?"
     r"(?:highway|hwy\.?|route|rte\.?|road|interstate) [0-9]{1,4}[a-z]?)(?![a-z0-9]))", None),
    ("rural-route", "LOCATION/STREET", 0.85, "# rr rural rte hc", r"(?<![a-z])(?P<v>(?:r\.?r\.?|rural (?:route|rte)|hc) ?#? ?[0-9]{1,3},? box ?#?[0-9]{1,6}[a-z]?)(?![a-z0-9])", None),
    ("po-box", "LOCATION/STREET", 0.93, "# box", r"(?<![a-z])(?P<v>(?:p\.? ?o\.? ?|post office )box ?#? ?[0-9]{1,7}[a-z]?)(?![a-z0-9])", None),
    ("apartment", "LOCATION/STREET", 0.7, "# apt apartment", r"(?<![a-z])(?P<v>(?:apt|apartment)\.? ?(?:#|no\.?)? ?[0-9]{1,5}-?[a-z]?)(?![a-z0-9])", _room),
    ("zip-said", "LOCATION/ZIP", 0.95, "# zip postal postcode post", r"(?<![a-z])(?:zip|postal|post ?code|zipcode)(?: ?(?:code|plus 4))?[ :#.=]{0,3}(?:is |of )?(?P<v>[0-9]{5}(?:-[0-9]{4})?)(?![0-9])", _zip),
    ("zip-four", "LOCATION/ZIP", 0.6, "# -", r"(?P<v>[0-9](?<![0-9a-z.,/-][0-9])[0-9]{4}-[0-9]{4})(?![0-9a-z]|[-./,][0-9])", _zip),
    ("zip", "LOCATION/ZIP", 0.93, "#5", r"(?P<v>[0-9](?<![0-9a-z.,/$-][0-9])[0-9]{4}(?:-[0-9]{4})?)(?![0-9a-z]|[.,/-][0-9])", _zip_after_state),
    ("uk-postcode", "LOCATION/ZIP", 0.85, "#",
     r"(?P<v>[a-pr-uwyz](?<![a-z0-9.-][a-z])(?:[0-9]{1,2}|[a-hk-y][0-9]{1,2}|[0-9][a-hjkpstuw]|[a-hk-y][0-9][abehmnprvwxy]) ?[0-9][abd-hjlnp-uw-z]{2})(?![a-z0-9])", _postcode),
    ("canadian-postcode", "LOCATION/ZIP", 0.85, "#",
     r"(?P<v>[abceghj-nprstvxy](?<![a-z0-9.-][a-z])[0-9][abceghj-nprstv-z][ -]?[0-9][abceghj-nprstv-z][0-9])(?![a-z0-9])", _postcode),
    ("room", "LOCATION/ROOM", 0.75, "# room rm bed ward bay cubicle",
     r"(?<![a-z])(?P<v>(?:room|rm|bed|ward|bay|cubicle)\.? ?(?:number|no\.?|#)? ?#?[0-9]{1,4}(?:-[0-9]{1,3}|-?[a-z](?![a-z]))?)(?![0-9a-z]|[./][0-9])", _room),
    ("room-letter", "LOCATION/ROOM", 0.6, "# ward unit floor wing", r"(?<![a-z])(?P<v>(?:ward|unit|wing) ?#?[0-9]{1,2} ?(?:north|south|east|west|[a-d])|[0-9]{1,2} (?:north|south|east|west) (?:unit|ward|wing|floor))(?![a-z0-9])", None),
    ("suite", "LOCATION/STREET", 0.6, "# suite ste", r"(?<![a-z])(?P<v>(?:suite|ste\.) ?#?[0-9]{1,5}-?[a-z]?)(?![a-z0-9])", _room),
    ("coordinates", "LOCATION/GEO", 0.85, "# .", r"(?P<v>-?[0-9](?<![0-9.][0-9])[0-9]?\.[0-9]{4,10}°? ?[ns]?[,; ] ?-?[0-9]{1,3}\.[0-9]{4,10}(?:°? ?[ew](?![a-z]))?)(?![0-9.])", None),
)  # fmt: skip

RULES = rules("places", _ROWS)
