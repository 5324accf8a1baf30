"""Control words of RTF (Rich Text Format Specification 1.9.1) that say what a text is, and how it reads."""

from __future__ import annotations

from typing import Final

from streamdeid.types import Place


def _names(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


#: Words that stand for a character, as it reads.
CHARACTERS: Final = {
    "emdash": "\u2014",
    "endash": "\u2013",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "bullet": "\u2022",
    **dict.fromkeys(("emspace", "enspace", "qmspace"), " "),
    **dict.fromkeys(("zwj", "zwnj", "zwbo", "zwnbo", "ltrmark", "rtlmark"), ""),
}
#: Symbols that stand for a character: no-break space, optional hyphen, no-break hyphen, and the three escapes.
SYMBOLS: Final = {"~": " ", "-": "", "_": "-", "{": "{", "}": "}", "\\": "\\"}
#: Words that set what follows apart from what is before.
GAPS: Final = {
    **dict.fromkeys(
        ("par", "line", "sect", "page", "column", "softline", "softpage", "row", "nestrow", "trowd"),
        "\n",
    ),
    **dict.fromkeys(("tab", "cell", "nestcell"), "\t"),
}

TEXT: Final = Place("rtf.text", ("rtf.text",))
EMBEDDED: Final = "rtf.embedded"
TABLE: Final = "rtf.table"
_INFO: Final = "rtf.info"


def _places(words: str, group: str) -> dict[str, Place]:
    paths = {word: f"{group if group == _INFO else 'rtf'}.{word}" for word in words.split()}
    return {word: Place(path, (path, group)) for word, path in paths.items()}


#: Points in time, whose numbers are control words of their own.
TIMES: Final = _names("creatim revtim printim buptim atndate")
#: Words that begin a destination, and the place of the text in it.
DESTINATIONS: Final = {
    **_places("header headerl headerr headerf footer footerl footerr footerf", "rtf.header"),
    **_places("footnote annotation ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn", "rtf.note"),
    **_places("title subject author manager company operator category keywords comment doccomm hlinkbase", _INFO),
    **_places(
        "creatim revtim printim buptim propname staticval linkval docvar info template filetbl nextfile mailmerge",
        _INFO,
    ),
    **_places("atnauthor atnid atnicn atndate atntime atnref atnparent atrfstart atrfend revtbl", "rtf.annotation"),
    **_places("fldinst fldtype formfield ffname ffdeftext ffentrytext ffhelptext ffstattext ffl", "rtf.field"),
    **_places("bkmkstart bkmkend xe tc tcn rxe txe", "rtf.bookmark"),
    **_places("sn sv sp shpinst", "rtf.shape"),
    **_places("pict objdata objclass objname objalias objsect datafield datastore themedata", EMBEDDED),
    **_places("colorschememapping fontemb fontfile blipuid blipupi svb passwordhash", EMBEDDED),
    **_places("fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator latentstyles", TABLE),
    **_places("mmathPr pgptbl xmlnstbl panose falt fname listpicture pnseclvl", TABLE),
    **_places("wgrffmtfilter userprops background keycode lsdlockedexcept oldcprops", TABLE),
}
#: Words that may be marked as ignorable, and change nothing.
TRANSPARENT: Final = _names("ud upr shppict nonesttables pn pntxta pntxtb listname cs ts do result")
#: A text box stands in a shape, and is text again; so does what an object shows.
VISIBLE: Final = _names("shptxt result dptxbxtext")
#: Marked as ignorable, and unknown.
UNKNOWN: Final = Place("rtf.destination", ("rtf.destination",))
#: RTF's own control words with capitals: of table cells and rows, and of Office's mathematics.
CAPITALS: Final = _names(
    "clftsWidth clwWidth clFitText clNoWrap trftsWidth trftsWidthA trftsWidthB trwWidth trwWidthA trwWidthB "
    "ApplyBrkRules mmathPr mmathFont mbrkBin mbrkBinSub mdefJc mdispDef minterSp mintraSp mintLim mlMargin mrMargin "
    "mnaryLim mpostSp mpreSp msmallFrac mwrapIndent mwrapRight moMath moMathPara moMathParaPr mctrlPr mbegChr mendChr "
    "msepChr mlimLoc msubHide msupHide mdegHide mdPr mfPr mnaryPr mradPr msSub msSup msSubSup msPre msSubPr msSupPr "
    "msSubSupPr msPrePr mfuncPr mfName mlimLow mlimUpp mlimLowPr mlimUppPr mgroupChr mgroupChrPr meqArr meqArrPr "
    "maccPr mbarPr mboxPr mborderBox mborderBoxPr mphantPr mmPr mmcPr mmcJc mrPr mrSp mrSpRule mcSp mcGp mcGpRule "
    "mbaseJc mplcHide mopEmu mnoBreak mmaxDist mobjDist mvertJc margPr margSz maln mzeroAsc mzeroDesc mzeroWid"
)
#: Other control words with capitals: RTF has few, so that most are a name or a file's path that nobody escaped.
CONTROL: Final = Place("rtf.control", ("rtf.control",))
TRAILING: Final = Place("rtf.trailing", ("rtf.trailing",))

#: Character set words of the header, and the code page of a font by ``\\fcharset``.
HEADER_SETS: Final = {"ansi": "cp1252", "mac": "mac-roman", "pc": "cp437", "pca": "cp850"}
FONT_SETS: Final = {
    77: "mac-roman",
    128: "cp932",
    129: "cp949",
    130: "cp1361",
    134: "gbk",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
#: Sets in which a character may take several bytes.
MULTIBYTE: Final = frozenset(("cp932", "cp949", "cp1361", "gbk", "cp950", "utf-8"))
CODE_PAGES: Final = {
    65001: "utf-8",
    936: "gbk",
    10000: "mac-roman",
    **{page: f"cp{page}" for page in (437, 850, 852, 866, 874, 932, 949, 950, 1361, *range(1250, 1259))},
}
