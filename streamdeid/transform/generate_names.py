"""The lists of names, made from faker's: false names by culture, and what known names tell of culture and sex.

A culture is a broad one, what a reader takes a name for. False names are never frequent ones of the United States,
the United Kingdom or New Zealand, nor words of medicine: a false name that is somebody's true one in the same message
would look like a leak.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Final

from streamdeid.transform.generate_given import EAST_ASIAN, EITHER_SEX, ENGLISH, FALSE_ENGLISH

#: Cultures and the locales that stand for each.
CULTURES: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(locales.split())
    for name, locales in {
        "english": "en_IE",
        "european": "de_DE de_AT de_CH it_IT nl_NL nl_BE fr_FR fr_BE fr_CA fr_CH sv_SE no_NO da_DK fi_FI",
        "hispanic": "es_ES es_MX es_AR es_CL es_CO pt_PT pt_BR",
        "eastern": "hr_HR ro_RO hu_HU lv_LV et_EE sl_SI sk_SK cs_CZ pl_PL ru_RU uk_UA",
        "arabic": "fr_DZ",
        "turkic": "tr_TR az_AZ uz_UZ",
        "south_asian": "en_IN",
        "east_asian": "zh_CN zh_TW ja_JP vi_VN",
        "african": "yo_NG ig_NG ha_NG tw_GH zu_ZA",
    }.items()
}
#: Locales whose names are known but no false ones.
_FREQUENT: Final = ("en_US", "en_GB", "en_NZ", "en")
_ALSO_KNOWN: Final = {"english": ("en_GB", "en_NZ", "en"), "arabic": ("en_PK",), "african": ("en_KE", "en_NG")}
#: Locales whose family names are English, and one that has these among the given names as well.
_ENGLISH_FAMILIES: Final = ("en_US", "en_GB", "en_NZ", "en_IE")
_GIVEN_OF_ALL_KINDS: Final = "en"
_FAMILY_KINDS: Final = ("last_romanized_names", "last_names_male", "unisex_last_names", "last_names")
_ALL_FAMILY_KINDS: Final = ("last_romanized_names", "last_names", "unisex_last_names", "male_last_names")
_GIVEN_KINDS: Final = {sex: (f"first_romanized_names_{sex}", f"first_names_{sex}") for sex in ("female", "male")}
_USABLE: Final = re.compile(r"[A-Z][a-z]{3,9}")
#: East Asian names are short.
_USABLE_SHORT: Final = re.compile(r"[A-Z][a-z]{2,9}")
#: Feminine forms of family names: false names are in the form for men, and get these endings where the true one has.
_FEMININE: Final = re.compile(r"(?:(?:ov|ev|in|sk|ck)a|aya)$")
_SPELLED_OUT: Final = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "æ": "ae",
        "Æ": "Ae",
        "đ": "d",
        "Đ": "D",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "œ": "oe",
        "ə": "e",
        "Ə": "E",
    }
)
_CYRILLIC: Final = dict(
    zip("абвгдезийклмнопрстуфыэіґ", "abvgdeziyklmnoprstufyeig", strict=True),
    ж="zh", х="kh", ц="ts", ч="ch", ш="sh", щ="shch", ъ="", ь="", ю="yu", я="ya", ё="yo", ї="yi", є="ye",
)  # fmt: skip
#: Where faker's lists are short, or its lists for English-speaking countries have everybody's names. Kept by hand.
_BY_HAND: Final[Mapping[str, str]] = {
    "arabic": "abbas abdallah abdi abdul abdullah abdulrahman ahmad ahmed ali amin aziz bashir farah farooq habib"
    " hamdan hamid hasan hassan hussain hussein ibrahim iqbal ismail jabbar karim khalid khalil khan mahmood"
    " mahmoud malik mansour mohamed mohammad mohammed muhammad mustafa nasser omar osman qureshi rahman rashid saeed"
    " saleh salem sheikh siddiqui syed yousef youssef",
    "east_asian": "ahn bui cai cao chan chang chau chen cheng cheung chiang chin cho choi chow chu chung dang dao dinh"
    " do doan dong du duong fan fang feng fong gao guo han hang ho hoang hong hsu hu huang huynh hwang jang jeong jiang"
    " jung kang kim kwon lai lam lau le leung li liang lin liu lu luong luu ly ma mai ng ngo nguyen oh pan park peng"
    " pham phan phung seo shen shih shin song su sun takahashi tan tang thai to tran trinh truong tsai tsang tu vo vu"
    " vuong wang wei wong woo wu xiao xie xu yamamoto yan yang ye yee yi yin yoo yoon yu yuan zeng zhang zhao zheng"
    " zhou zhu",
    "south_asian": "agarwal chaudhary chowdhury desai gandhi gill gupta joshi kapoor kaur krishnan kumar mehta mishra"
    " nair pandey patel patil prasad raj rao reddy shah sharma sidhu singh srinivasan varma verma",
    "hispanic": "alvarez castillo chavez cruz diaz garcia gomez gonzales gonzalez gutierrez hernandez herrera jimenez"
    " lopez martinez medina mendoza morales moreno ortega ortiz perez ramirez ramos reyes rivera rodriguez romero ruiz"
    " salazar sanchez santos soto torres vargas vasquez velazquez",
}
#: Given names that immigrants have made known elsewhere.
_EASTERN_GIVEN: Final = (
    "agnieszka andrei andrzej boris danuta dmitri dmitry ewa grzegorz halina igor irina ivan jadwiga jaroslaw jerzy"
    " katarzyna krzysztof ludmila malgorzata mikhail natalia nikolai oleg ryszard sergei sergey stanislaw svetlana"
    " tadeusz tatiana vladimir wojciech yuri zbigniew zofia"
)
_ALSO_FALSE: Final = {
    "family": "Baek Banh Biyun Chae Chiem Doan Eom Geum Giang Gwak Gwon Heo Hyeon Jeon Kieu Khuu Khong Liew Luong Moua"
    " Namgung Nghiem Phung Quach Ryoo Seok Seong Siew Tien Tieu Trieu Truong Vuong Yeom Yeon Yoshino Hayashida"
    " Ishibashi Kawaguchi Kurosawa Morikawa Nakagawa Nishida Okamura Sakamoto Shimizu Takeuchi Uchida"
    " Yoshikawa Zhuang Qiao Ruan Xiong Zou Tsui Hsiao Hsieh Kuang Ouyang",
    "female": "Meiling Xiaoyan Lihua Yanling Xiuying Jingwen Yuting Shufen Huimin Ruolan Yixuan Zihan Peishan Yaling"
    " Suzhen Guiying Meihua Yufang Lanying Jiyoung Minji Soojin Eunji Hyejin Sooyeon Jihye Kyunghee Eunkyung Sunhee"
    " Miyoung Haeun Seoyeon Yejin Thuy Hanh Nhung Huyen Diep Quynh Tuyet Thao Haruka Chihiro Natsuko Ayumi Kazuko"
    " Michiko Setsuko Yukari Sachiko Midori Noriko",
    "male": "Jianguo Zhiwei Haoran Weimin Guoqiang Junjie Zhiming Jiahao Minghao Yichen Zixuan Wenbin Xiaoming Shaohua"
    " Zhenyu Guanlin Chengwei Tianyu Minsoo Jihoon Donghyun Sungmin Hyunwoo Seungho Youngho Taehyun Jaewon Sangwoo"
    " Byungho Jinho Kyungsoo Woojin Hieu Tuan Quang Khanh Thang Vinh Phuc Trung Khoa Hiroshi Kazuo Masaru Takeshi Kenji"
    " Shigeru Yoshio Haruto Daisuke Tetsuya Noboru",
}
_ENDING: Final = 3
_OFTEN: Final = 12
_SURELY: Final = 0.95


def in_ascii(name: str) -> str:
    """A name in the letters A to Z."""
    latin = "".join(_latin(char) for char in name.translate(_SPELLED_OUT))
    decomposed = unicodedata.normalize("NFKD", latin)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _latin(char: str) -> str:
    small = _CYRILLIC.get(char.lower())
    return char if small is None else small if char.islower() else small.capitalize()


def false_names(excluded: set[str]) -> Mapping[str, list[str]]:
    """The lines of the lists of false names: culture and name. `excluded` are lower-cased."""
    by_hand = {name.lower() for names in FALSE_ENGLISH.values() for name in names.split()}
    rare = by_hand - _all_names(locale for locale in _FREQUENT if locale != _GIVEN_OF_ALL_KINDS)
    unwanted = excluded | (_all_names(_FREQUENT) - rare)
    given = {sex: {culture: set[str]() for culture in CULTURES} for sex in _GIVEN_KINDS}
    for culture in CULTURES:
        for sex, kinds in _GIVEN_KINDS.items():
            given[sex][culture] = _of_culture(culture, kinds)
    families, verdicts = _cultures(_ALL_FAMILY_KINDS), _given_cultures()
    all_given = {
        name.lower()
        for locale in (*_all_locales(), *_FREQUENT)
        for kinds in (*_GIVEN_KINDS.values(), ("first_names",))
        for name in _names(locale, kinds)
    }
    for sex, by_culture in given.items():
        by_culture["east_asian"] |= set(_ALSO_FALSE[sex].split())
        by_culture["english"] |= set(FALSE_ENGLISH[sex].split())
    family = {culture: _of_culture(culture, _FAMILY_KINDS) for culture in CULTURES}
    family["east_asian"] |= set(_ALSO_FALSE["family"].split())
    family["eastern"] = {name for name in family["eastern"] if not _FEMININE.search(name)}
    either = set(FALSE_ENGLISH["either"].split())
    all_given |= by_hand
    women, men = ({name.lower() for names in by_culture.values() for name in names} for by_culture in given.values())
    both = women & men
    apart = unwanted | both | {name.lower() for name in either}
    return {
        "family": _lines(family, unwanted | all_given, families),
        "given_female": _lines(given["female"], apart, verdicts),
        "given_male": _lines(given["male"], apart, verdicts),
        "given_either": sorted(name for name in either if name.lower() not in unwanted),
    }


def _all_names(locales: Iterable[str]) -> set[str]:
    """Family and given names, lower-cased."""
    return {
        name.lower()
        for locale in locales
        for kinds in (_FAMILY_KINDS, ("first_names",), *_GIVEN_KINDS.values())
        for name in _names(locale, kinds)
    }


def known_family_names() -> list[str]:
    """The lines of the list of known family names: the name, lower-cased, and its culture."""
    by_hand = {name: culture for culture, names in _BY_HAND.items() for name in names.split()}
    cultures = _cultures(_ALL_FAMILY_KINDS) | by_hand
    return [f"{name}\t{culture}" for name, culture in sorted(cultures.items())]


def known_given_names() -> tuple[list[str], list[str]]:
    """The lines of the list of known given names: name, sex, and culture; and those of endings that tell a sex."""
    cultures, sexes = _given_cultures(), _sexes()
    for name in _rather_families() - set(EITHER_SEX.split()):
        sexes.pop(name, None)
    sexes |= dict.fromkeys(EITHER_SEX.split(), "U")
    cultures |= {name: "english" for name in ENGLISH.split() if name in sexes}
    for name in EAST_ASIAN.split():
        if name not in sexes:
            sexes[name], cultures[name] = "U", "east_asian"
    cultures |= {name: "arabic" for name in _BY_HAND["arabic"].split() if name in sexes}
    cultures |= {name: "eastern" for name in _EASTERN_GIVEN.split() if name in sexes}
    lines = [f"{name}\t{sexes.get(name, 'U')}\t{cultures.get(name, '')}" for name in sorted(sexes)]
    return lines, _endings(sexes)


def _rather_families() -> set[str]:
    """English family names, lower-cased, that are no given names in an English-speaking country, and in at most one
    other, but for a list of all that anybody was ever called: Smith, Brown."""
    families = {name for locale in _ENGLISH_FAMILIES for name in _names(locale, _FAMILY_KINDS)}
    kinds = (*_GIVEN_KINDS.values(), ("first_names",))
    votes = Counter[str]()
    for locale in {*_all_locales(), *_FREQUENT} - {_GIVEN_OF_ALL_KINDS}:
        for name in {name for one in kinds for name in _names(locale, one)}:
            votes[name] += 2 if locale in _ENGLISH_FAMILIES else 1
    return {name.lower() for name in families if votes[name] < 2}


def _endings(sexes: Mapping[str, str]) -> list[str]:
    """Endings of given names that nearly all women or nearly all men share."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for name, sex in sexes.items():
        if sex != "U":
            for length in range(1, _ENDING + 1):
                if len(name) > length:
                    votes[name[-length:]][sex] += 1
    sure: dict[str, str] = {}
    for ending, count in sorted(votes.items(), key=lambda item: len(item[0])):
        sex, most = count.most_common(1)[0]
        shorter = next((sure[ending[at:]] for at in range(1, len(ending)) if ending[at:] in sure), None)
        if count.total() >= _OFTEN and most / count.total() >= _SURELY and shorter != sex:
            sure[ending] = sex
    return [f"{ending}\t{sex}" for ending, sex in sorted(sure.items())]


def _all_locales() -> Iterator[str]:
    for culture, locales in CULTURES.items():
        yield from locales
        yield from _ALSO_KNOWN.get(culture, ())


def _names(locale: str, kinds: Iterable[str]) -> set[str]:
    """A locale's names of the first of these kinds that it has, in ASCII."""
    provider = import_module(f"faker.providers.person.{locale}").Provider
    for kind in kinds:
        found = getattr(provider, kind, ())
        if not callable(found) and not isinstance(found, property) and len(found) > 1:
            return {in_ascii(name) for name in found}
    return set()


def _of_culture(culture: str, kinds: Iterable[str]) -> set[str]:
    return {name for locale in CULTURES[culture] for name in _names(locale, kinds)}


def _lines(by_culture: Mapping[str, set[str]], unwanted: set[str], verdicts: Mapping[str, str]) -> list[str]:
    """Culture and name of those that can be used, each name under the culture that it is known to be of."""
    found = set[tuple[str, str]]()
    for culture, names in by_culture.items():
        usable = _USABLE_SHORT if culture == "east_asian" else _USABLE
        for name in names:
            if (
                usable.fullmatch(name)
                and name.lower() not in unwanted
                and verdicts.get(name.lower(), culture) == culture
            ):
                found.add((culture, name))
    return [f"{culture}\t{name}" for culture, name in sorted(found)]


def _given_cultures() -> dict[str, str]:
    kinds = (kind for kinds in _GIVEN_KINDS.values() for kind in kinds)
    return _cultures(("first_romanized_names", "first_names", *kinds))


def _cultures(kinds: Iterable[str]) -> dict[str, str]:
    """Name, lower-cased -> the culture in the largest share of whose locales it is found; of equals, the first."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for culture, locales in CULTURES.items():
        own = (*locales, *_ALSO_KNOWN.get(culture, ()))
        for locale in own:
            # A kind that a locale lacks is no reason to stop: those of women and of men add up.
            for name in {name for kind in kinds for name in _names(locale, (kind,))}:
                for word in re.findall(r"[a-z]+", name.lower().replace("'", "")):
                    votes[word][culture] += len(CULTURES) * 1000 // len(own)
    return {name: count.most_common(1)[0][0] for name, count in votes.items() if len(name) > 1}


def _sexes() -> dict[str, str]:
    """F, M or U for every known given name, lower-cased: what the United States say, or else most locales."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for locale in (*_FREQUENT, *_all_locales(), "ga_IE"):
        for sex, kinds in _GIVEN_KINDS.items():
            for name in _names(locale, kinds):
                if name.isalpha() and name.isascii():
                    votes[name.lower()][sex[0].upper()] += 100 if locale == "en_US" else 1
    return {name: _verdict(count) for name, count in votes.items()}


def _verdict(votes: Counter[str]) -> str:
    if votes["F"] == votes["M"]:
        return "U"
    return "F" if votes["F"] > votes["M"] else "M"
