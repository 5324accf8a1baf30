"""Random damage to messages: every outcome is a release or a reasoned quarantine, the same each time.

`STREAMDEID_FUZZ_SECONDS` makes it run for so long, `STREAMDEID_FUZZ_SEED` start from another seed.
"""

import os
import random
import re
import time
from itertools import count

from handwritten import OTHER_PID, PID, adt, er7, oru, process

from streamdeid.engine import Deidentifier
from streamdeid.errors import QUARANTINE_CODES
from streamdeid.types import Quarantined, Released

SECONDS = float(os.environ.get("STREAMDEID_FUZZ_SECONDS", "2"))
FIRST_SEED = int(os.environ.get("STREAMDEID_FUZZ_SEED", "1"))
#: No message of a few kilobytes may take longer.
SLOWEST_SECONDS = 5.0

MESSAGES = (
    adt("A01", "NK1|1|Anverwandt^Kunigunde^^^^^L|SPO|9 Road^^Nowhereton^OH", "PV1|1|I|W^R1^B2|||||777^Feldscher^Ida"),
    adt("A40", "MRG|70028831^5^M10^MADEUP&2.999.1&ISO^MR~123-45-6789^^^SSA^SS||8877||||Roessner^Ambrose"),
    oru(
        "Mrs. Doemann, 92 years old, came on 3/4/2024.",
        r"Told \H\Johanna\N\.br\Doemann \X446F65\.",
        "Tel. 614-555-0143",
    ),
    oru("Größe über 1,70", "漢字", pid=OTHER_PID).decode().replace("|2.5.1", "|2.5.1||||||UNICODE UTF-8", 1).encode(),
    er7("ORU^R01", PID, "OBR|1||F1", "OBX|1|NM|30525-0^Age^LN||97|a|||||F", "OBX|2|SN|1^N^L||>^5^-^10||||||F"),
    er7("ORU^R01", PID, "OBR|1||F1", "OBX|1|ED|1^D^L||^TEXT^PLAIN^Base64^RG9lbWFubg==||||||F", "NTE|1|L|Doemann~came"),
    er7("QRY^A19", "QRD|20240305|R|I|Q1|||10^RD|40017765^Doemann^Johanna|DEM"),
    er7("ACK^A01", "MSA|AE|MSG1|Doemann", "ERR|PID^1^5|PID^1|101^Missing^HL70357|E||||Doemann"),
    er7("MFN^M02", "MFI|PRA||UPD", "MFE|MAD|R1|20240305|F777^Feldscher|CWE", "STF|F777|F777||Feldscher^Ida"),
    b"FHS|^~\\&|A|B|C|D|20240305||f||F1\r",
)
TOKENS = (
    *(
        b"|",
        b"^",
        b"~",
        b"\\",
        b"&",
        b"\r",
        b"\n",
        b"\r\n",
        b"\0",
        b"\x0b",
        b"\x1c",
        b"\xff",
        b"\xef\xbb\xbf",
        b'""',
        b" ",
    ),
    *(b"\\X", b"\\X4", b"\\X446F656D616E6E\\", b"\\.br\\", b"\\F\\", b"\\C2842\\", b"\\M2442\\", b"\\Z", b"\\E\\" * 9),
    *(b"PID|", b"OBX|1|TX|1||", b"OBX|1|XCN|1||", b"ZPI|1", b"MSH|^~\\&|", b"BTS|1", b"ADD|x", b"NTE|1||", b"MRG|1"),
    *("é".encode(), "é".encode("latin-1"), "漢".encode(), "\u0130".encode(), "\u2028".encode(), b"\xed\xa0\x80"),
    *(
        b"Doemann",
        b"DOEMANN, JOHANNA",
        b"40017765",
        b"19610214",
        b"0000",
        b"99999999999999999999",
        b"1e999",
        b"-",
        b"20240230",
    ),
    *(
        b"^SS",
        b"^^^SSA&2.16.840.1.113883.4.1&ISO^SS",
        b"^5^M10^",
        b"|30525-0^Age^LN|",
        b"8859/1",
        b"UNICODE UTF-16",
        b"2.1",
    ),
)


def damaged(random: random.Random, content: bytes) -> bytes:
    """The message after one to six changes."""
    for _ in range(random.randint(1, 6)):
        at, other = sorted(random.choices(range(len(content) + 1), k=2))
        other = min(other, at + random.choice((1, 1, 3, 40, 400)))
        change = random.randrange(8)
        if change <= 2:
            content = content[:at] + random.choice(TOKENS) + content[at:]
        elif change == 3:
            content = content[:at] + content[other:]
        elif change == 4:
            content = content[:other] + content[at:other] * random.randint(1, 3) + content[other:]
        elif change == 5:
            content = content[:at] + bytes(random.choices(range(256), k=random.randint(1, 4))) + content[other:]
        elif change == 6:
            content = _with_a_field_of(random, content, random.choice(MESSAGES))
        else:
            segments = content.split(b"\r")
            random.shuffle(segments)
            content = b"\r".join(segments if random.random() < 0.3 else [content.split(b"\r")[0], *segments])
    return content[:20_000]


def _with_a_field_of(random: random.Random, content: bytes, donor: bytes) -> bytes:
    fields = content.split(b"|")
    fields[random.randrange(len(fields))] = random.choice(donor.split(b"|"))
    return b"|".join(fields)


def check(engine: Deidentifier, content: bytes, seed: int) -> type:
    started = time.monotonic()
    outcome = process(engine, content)
    assert time.monotonic() - started < SLOWEST_SECONDS, seed
    assert process(engine, content) == outcome, seed
    if isinstance(outcome, Quarantined):
        assert outcome.code in QUARANTINE_CODES, seed
        assert outcome.code not in ("message.failure", "verify.structure"), (seed, outcome)
        assert re.fullmatch(r"[A-Za-z0-9 .\[\]-]*", outcome.path), (seed, outcome.path)
    else:
        before, after = (len(re.findall(rb"[\r\n]+", one)) for one in (content, outcome.content))
        assert before == after, seed
    return type(outcome)


def test_damaged_messages_are_released_or_refused_for_a_reason(deidentifier: Deidentifier) -> None:
    ends_at = time.monotonic() + SECONDS
    seen: dict[type, int] = {Released: 0, Quarantined: 0}
    for seed in count(FIRST_SEED):
        generator = random.Random(seed)
        seen[check(deidentifier, damaged(generator, generator.choice(MESSAGES)), seed)] += 1
        if time.monotonic() > ends_at:
            break
    assert min(seen.values()) > 0, seen
