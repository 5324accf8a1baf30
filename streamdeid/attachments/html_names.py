"""Elements and attributes of HTML (WHATWG HTML, obsolete ones too), and the places of what they hold.

Names that are not here never enter a path: a sender may have written anything there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from streamdeid.types import Place


def _names(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


#: Elements that begin a line.
BLOCKS: Final = _names(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol optgroup "
    "option p pre section select summary table tbody textarea tfoot thead title tr ul"
)
#: Elements that stand beside the one before.
CELLS: Final = frozenset(("td", "th"))
#: Elements in which every blank and line break counts.
PREFORMATTED: Final = frozenset(("pre", "textarea", "listing", "xmp"))
#: Elements whose content is no markup.
RAW: Final = frozenset(("script", "style"))
#: Elements whose content is text, and nothing else.
TEXT_ONLY: Final = frozenset(("title", "textarea"))

_ELEMENTS: Final = (
    BLOCKS
    | CELLS
    | PREFORMATTED
    | RAW
    | _names(
        "a abbr acronym applet area audio b base basefont bdi bdo big blink button canvas cite code col colgroup "
        "data datalist del dfn em embed font frame i iframe img input ins kbd label link map mark marquee meta "
        "meter nobr noembed noframes noscript object output param picture plaintext progress q rb rp rt rtc ruby "
        "s samp search slot small source span strike strong sub sup template time track tt u var video wbr xml "
        "svg g path rect circle ellipse line polyline polygon text tspan textpath defs use symbol image clippath "
        "mask pattern marker filter desc metadata lineargradient radialgradient stop foreignobject view switch "
        "animate math mrow mi mn mo ms mtext msup msub msubsup mfrac msqrt mroot mtable mtr mtd mover munder "
        "munderover semantics annotation"
    )
)
# Office's own elements, and custom ones.
_PREFIXED: Final = re.compile(r"(?:o|w|v|m|x|st1|svg|xsl|p|html|xhtml|h):[A-Za-z]{1,24}[0-9]?")

#: Attributes that a person may read.
_TEXTS: Final = _names("abbr alt content download label placeholder prompt standby summary title value srcdoc")
#: Attributes that name another document, a telephone, an address.
_LINKS: Final = _names(
    "action archive background cite classid codebase code data dynsrc formaction href icon itemid itemtype longdesc "
    "lowsrc manifest ping poster profile src srcset usemap"
)
#: Attributes that name things inside the document.
_NAMES: Final = _names("aria-describedby aria-labelledby for form headers id itemprop itemref list name")
#: Attributes whose values HTML itself gives.
_LAYOUT: Final = _names(
    "accept accept-charset align alink allowfullscreen async autocomplete autofocus axis bgcolor bgproperties "
    "border bordercolor bottommargin cellpadding cellspacing char charoff charset checked class clear color cols "
    "colspan compact controls coords crossorigin datetime declare default defer dir dirname disabled draggable "
    "enctype face frame frameborder height hidden high hreflang hspace http-equiv ismap itemscope kind lang "
    "language leftmargin link loop low marginheight marginwidth max maxlength media method min minlength multiple "
    "muted nohref noresize noshade novalidate nowrap object open optimum pattern preload readonly rel required "
    "rev reversed rightmargin role rows rowspan rules sandbox scheme scope scrolling selected shape size sizes "
    "span spellcheck start step style tabindex target text topmargin translate type valign valuetype version "
    "vlink vspace width wrap fill fill-opacity stroke stroke-width stroke-dasharray opacity transform viewbox d x "
    "y x1 x2 y1 y2 cx cy r rx ry points dx dy offset font-size font-family font-weight font-style text-anchor "
    "preserveaspectratio clip-path stylecode revised xmlns xml:lang xml:space"
)
_GROUPS: Final = {
    **dict.fromkeys(_LAYOUT, "html.layout-attribute"),
    **dict.fromkeys(_NAMES, "html.name-attribute"),
    **dict.fromkeys(_LINKS, "html.link-attribute"),
    **dict.fromkeys(_TEXTS, "html.text-attribute"),
}
_METAS: Final = _names(
    "author creator publisher owner description keywords generator subject title date copyright reply-to "
    "application-name patient viewport content-type"
)
_OPEN_NAMES: Final = re.compile(r"(?:data|aria|on|xmlns|xml|xlink|v|o|w|mso|ng|v-bind)(?:[-:]?[a-z]{1,20}){1,4}|xmlns")

TEXT: Final = Place("html.text", ("html.text",))
TITLE: Final = Place("html.title", ("html.title", "html.text"))
COMMENT: Final = Place("html.comment", ("html.comment",))
SCRIPT: Final = Place("html.script", ("html.script",))
STYLE: Final = Place("html.style", ("html.style",))
MARKUP: Final = Place("html.markup", ("html.markup",))


def is_element(name: str) -> bool:
    """Whether HTML, SVG, MathML or an office program has an element of that name, in lower case."""
    return name in _ELEMENTS or _PREFIXED.fullmatch(name) is not None


def is_attribute(name: str) -> bool:
    """Whether a name, in lower case, can be that of an attribute: one of HTML's, or a short one of a known family."""
    return name in _GROUPS or _OPEN_NAMES.fullmatch(name) is not None


@lru_cache(maxsize=1024)
def attribute(name: str) -> Place:
    """The place of the values of an attribute: ``html.attribute.alt``, in the group ``html.text-attribute``. Groups are
    ``text``, ``link``, ``name`` and ``layout``; attributes of no group are ``html.attribute.?``."""
    group = _GROUPS.get(name)
    if group is None:
        return _UNKNOWN
    path = f"html.attribute.{name}"
    return Place(path, (path, group, "html.attribute"))


@lru_cache(maxsize=1024)
def embedded(name: str) -> Place:
    """The place of a file that is the value of an attribute, as a ``data:`` URI (RFC 2397)."""
    path = f"html.embedded.{name if name in _GROUPS else '?'}"
    return Place(path, (path, "html.embedded"))


@lru_cache(maxsize=256)
def meta(name: str) -> Place:
    """The place of the content of a meta element with that name: ``html.meta.author``."""
    path = f"html.meta.{name if name in _METAS else '?'}"
    return Place(path, (path, "html.meta", "html.attribute.content", "html.text-attribute", "html.attribute"))


_UNKNOWN: Final = Place("html.attribute.?", ("html.attribute.?", "html.attribute"))
