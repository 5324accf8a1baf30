"""Made-up messages that the fuzz tests damage, and what they put in."""

from handwritten import OTHER_PID, PID, adt, er7, oru

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

SENTENCE = "Ms. Doemann, first name Johanna, MRN 40017765, was seen on 03/05/2024."
RTF = (
    rb"{\rtf1\ansi\ansicpg1252\uc1\deff0{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fcharset204 Arial Cyr;}"
    rb"{\f2\fcharset128 MS Mincho;}}{\colortbl;\red0\green0\blue0;}{\*\generator Made-up Writer;}"
    b"\r\n"
    rb"{\info{\title Letter about Johanna Doemann}{\author Ida Feldscher}{\creatim\yr2024\mo3\dy5\hr9\min5}}"
    rb"{\header \pard\plain Nowhereton Clinic\par}{\*\userprops {\propname mrn}\proptype30{\staticval 40017765}}"
    rb"\pard\plain {\b Patient: Jo}{\i hanna\~D}{\fs24 oemann, born\tab 1961}\par"
    b"\r\n"
    rb"Seen by Dr.~R\'f6e \u8211? \u-10179?\u-8704? J\u246\'f6rg \ldblquote well\rdblquote\line {\f1 \'c8\'e2\'e0}"
    rb"{\f2 \'82\'a0\'88\'c0}\uc2\u246xx\uc0\u246 end\par \trowd\cellx1000 MRN\cell 40017765\cell\row "
    rb'{\field{\*\fldinst {HYPERLINK "mailto:j.doemann@madeup.example"}}{\fldrslt mail}}{\footnote See Al.}'
    rb"{\*\bkmkstart Doemann}{\*\bkmkend Doemann}{\*\shppict{\pict\pngblip 89504e47}}{\*\unheardof secret}"
    rb"{\pict\bin4 abcd}{\v hidden}\par}"
    b"\r\n\0",
    rf"{{\rtf1\ansi\pard {SENTENCE}\par {{\b {SENTENCE}}}\par}}".encode(),
    b"{\\rtf1 a\\b b\\b0\nJohanna\\{\\}\\\\ \\bullet  x\\emdash y\\_z\\-w}",
)
RTF_TOKENS = (
    *(b"{", b"}", b"\\", b"\\b", b"\\b ", b"\\b0", b"\\par", b"\\par ", b"\\tab", b"\\*", b"{\\*\\x ", b"\\'", b"\\'e"),
    *(b"\\'e9", b"\\'82", b"\\u246", b"\\u246?", b"\\u-10179?", b"\\u-8704?", b"\\u", b"\\u99999999999 ", b"\\uc0"),
    *(
        b"\\uc2 ",
        b"\\uc-1",
        b"\\uc99",
        b"\\bin3 abc",
        b"\\bin99999",
        b"\\bin",
        b"\\f1 ",
        b"\\f2 ",
        b"\\plain",
        b"\\ansicpg932",
    ),
    *(b"\\ansicpg65001 ", b"\\mac", b"\\~", b"\\-", b"\\_", b"\\{", b"\\\\", b"\\\n", b"\\\t", b"\n", b"\r\n", b"\0"),
    *(
        b"\xe9",
        "é".encode(),
        b"\xff",
        b"\x82",
        b"{\\pict ",
        b"{\\info",
        b"{\\v",
        b"\\Doe",
        b"\\A1",
        b"\\emdash",
        b"\\zwj ",
    ),
    *(
        b"{\\fonttbl",
        b"{\\f9\\fcharset136 x;}",
        b"{\\shptxt ",
        b"\\yr2024\\mo3",
        b"{\\creatim",
        b"{" * 600,
        b" ",
        b"1",
        b"-1",
    ),
)
HTML = (
    f"<!DOCTYPE html><html><head><title>Doemann</title><meta name='author' content='Feldscher'><style>p{{}}</style>"
    f'</head><body class="c" onload="x()"><h1>Report</h1><p id=p1 title="Ms. Doemann">{SENTENCE}</p><!-- Feldscher -->'
    "<table><tr><td>MRN</td><td>40017765</td></tr></table><pre>  two\n  lines </pre><a href='mailto:j@madeup.example'>"
    "mail</a><br/>Jo<b>han</b>na&nbsp;Doe&shy;mann &eacute;&#233;&#xe9; &amp &lt;b&gt;<textarea>x</textarea>"
    "<script>var name = 'Doemann';</script><img src='data:image/png;base64,iVBORw0KGgo=' alt=Johanna>"
    "</body></html>".encode(),
    '<div xmlns="http://www.w3.org/1999/xhtml"><p>Zoë <![CDATA[a<b]]> Doemann<br/></p><p title="x"/></div>'.encode(),
    b"<p>Johanna<p>Doemann<br>&copy &notit; <Jo@madeup.example> a < b",
    "<html><meta charset=windows-1252><p>Gr\u00f6\u00dfe</p></html>".encode("cp1252"),
)
XML = (
    f'<?xml version="1.0"?><report by="Johanna Doemann"><line n=\'1\'>{SENTENCE}</line><x>Jo<b>han</b>na</x>'
    "<!-- Feldscher --><?by Feldscher?><e/><![CDATA[a<b]]></report>".replace("<![CDATA", "<c><![CDATA")
    .replace("]]>", "]]></c>")
    .encode(),
    '<a:r xmlns:a="urn:x" a:b="&quot;Zoë&#x9;&lt;"><a:s>\u00a0漢 &amp;&#233;]] ></a:s> tail </a:r>'.encode(),
    '<?xml version="1.0" encoding="ISO-8859-1"?><r><v encoding="x">Gr\u00f6\u00dfe</v></r>'.encode("latin-1"),
    b'<!DOCTYPE r SYSTEM "r.dtd"><r representation="B64">RG9l</r>',
)
CDA = (
    f"""<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc"><id root="2.999.1" extension="D1"/>
<title>Summary for Johanna Doemann</title><effectiveTime value="20240305091500-0500"/><recordTarget><patientRole>
<id extension="40017765" root="2.999.1" assigningAuthorityName="MADEUP"/><addr use="HP"><streetAddressLine>12 Nonesuch
Lane</streetAddressLine><city>Nowhereton</city><state>OH</state><postalCode>43999</postalCode></addr>
<telecom value="tel:+1-614-555-0143" use="HP"/><patient><name><given>Johanna</given> <family>Doemann</family></name>
<birthTime value="19610214"/><sdtc:deceasedInd value="false"/></patient></patientRole></recordTarget>
<author><time><low value="20240304"/></time><assignedAuthor><assignedPerson><name>Ida Feldscher</name></assignedPerson>
</assignedAuthor></author><component><structuredBody><component><section><title>Course</title>
<text ID="t1"><paragraph>{SENTENCE} Ms. <content styleCode="Bold">Doe</content>mann<br/>felt well.</paragraph>
<table><tbody><tr><td>MRN</td><td>40017765</td></tr></tbody></table></text><entry><observation>
<code code="1"><originalText>as said<reference value="#t1"/></originalText></code><value xsi:type="PQ" value="5.5"
 unit="mg"/><value xsi:type="ST">Doemann</value><doemann secret="x">y</doemann></observation></entry></section>
</component></structuredBody></component></ClinicalDocument>""".encode(),
)
MARKUP_TOKENS = (
    *(
        b"<",
        b">",
        b"</",
        b"/>",
        b"<p>",
        b"</p>",
        b"<b>",
        b"</b>",
        b"<br>",
        b"<br/>",
        b"<a ",
        b"<a b='",
        b'"',
        b"'",
        b"=",
    ),
    *(b"<!--", b"-->", b"--", b"--!>", b"<!", b"<?", b"?>", b"<![CDATA[", b"]]>", b"]]", b"&", b"&amp;", b"&lt", b"&#"),
    *(
        b"&#233;",
        b"&#x110000;",
        b"&#0;",
        b"&nbsp",
        b"&eacute;x",
        b"&ZZ;",
        b"&#13;",
        b"&#55357;",
        b";",
        b"\xc2\xa0",
        b"\xc2\xad",
    ),
    *(b"\xe9", b"\xff", "é".encode(), "漢".encode(), b"\0", b"\r\n", b"\t", b" ", b"\x0c", b"\x85", b"\xef\xbb\xbf"),
    *(
        b"<script>",
        b"</script",
        b"<style>",
        b"<textarea>",
        b"</textarea>",
        b"<title>",
        b"<pre>",
        b"</pre>",
        b"<plaintext>",
    ),
    *(
        b"<Jo@x.y>",
        b"<doe>",
        b" title=x",
        b" title",
        b" href='data:x'",
        b"<svg/onload=",
        b"<meta charset=gbk>",
        b"<o:p>",
    ),
    *(
        b"<!DOCTYPE html>",
        b"<!DOCTYPE r [<!ENTITY e 'x'>]>",
        b'<?xml version="1.0"?>',
        b' xml:lang="x"',
        b" xmlns:q='u'",
    ),
    *(
        b"<text>",
        b"</text>",
        b"<td>",
        b"<name>",
        b"</name>",
        b'<value xsi:type="ED" representation="B64">',
        b"<r>" * 300,
    ),
)
