import pytest
from marked import detect, found, labelled, rows

ADDRESSES = {
    "CONTACT/EMAIL": rows("""
        «jdoe@example.com»
        «JDOE@EXAMPLE.COM»
        «john.doe+tag@mail.example.co.uk»
        «jdoe (at) example.com»
        «jdoe [at] example [dot] org»
        «jane_doe at example dot com»
        «jöhn@exämple.de»
    """),
    "CONTACT/URL": rows("""
        «https://example.com/a?b=c#d»
        «www.example.org»
        «example.com/patients»
        see «http://10.0.0.1/x»
        «mychart.example.org»
        ftp: «ftp://files.example.net/x»
    """),
    "CONTACT/IP": rows("""
        IP «192.168.1.10»
        from «10.0.0.1»
        «2001:db8::1»
        «fe80:0:0:0:1:2:3:4»
        «192.168.1.10:8080»
    """),
    "NAME/USER": rows("""
        username: «jdoe»
        user id: «jdoe1»
        login: «jane.doe»
        Twitter: @«jdoe»
        «@jdoe_7»
        user name «jdoe77»
    """),
    "ID/DEVICE": rows("""
        «00:1A:2B:3C:4D:5E»
        «00-1a-2b-3c-4d-5e»
    """),
}
NO_ADDRESSES = rows("""
    5 mg @ bedtime
    take @bedtime
    pain @ 5/10
    version 1.2.3.4
    1.2.3
    256.300.1.1
    12:30:45
    ratio 1:2:3
    seen at 10 dot phrases
    and/or
    e.g. this
    b.i.d.
    p.o. q.d.
    user id unknown
    login problems
    he said (at home) that
    Ca++ : 9
    1.2.840.10008.5
""")
CASES = [(label, row) for label, block in ADDRESSES.items() for row in block]


@pytest.mark.parametrize(("label", "row"), CASES)
@pytest.mark.parametrize("around", [("", ""), ("x. ", " y"), ("x. ", ". Y")])
def test_an_address_is_found(label: str, row: str, around: tuple[str, str]) -> None:
    assert found(row, label, around=around)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address(text: str) -> None:
    assert not labelled(detect(text), "CONTACT", "NAME", "ID/DEVICE")
