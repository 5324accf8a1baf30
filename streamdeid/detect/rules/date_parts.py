"""Parts of the patterns of dates, and the words that they begin with: for the rows in `dates`."""

from __future__ import annotations

MONTHS = (
    "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct "
    "october nov november dec december "
)
WEEKDAYS = "mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday "
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])(?:\.(?=[ ,]{0,2}[0-9']))?"
)
WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,? {1,2})?"
DAY = r"(?:[12][0-9]|3[01]|0?[1-9])"
TH = r"(?:st|nd|rd|th)"
YEAR = r"(?:18|19|20)[0-9]{2}"
#: Between the days of a range or list that have one month: 4 to 6 March, the 4th, 5th and 6th of March.
JOIN = r"(?: ?[-&] ?|(?<=[tdh]) ?/ ?| (?:to|till|until|through|thru|and|or) )(?:the )?"
COMMA_DAYS = rf"(?:, ?{DAY}(?![0-9]){TH}?){{0,3}},?"
NO_DAY = r"(?:00|3[2-9]|[4-9][0-9])"
FIRST = (
    r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh"
    r"|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
FIRST_WORDS = (
    "twenty thirty first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth "
)
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TENS = r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
NUMBER = rf"(?:twenty(?:[ -]{_ONES})?|thirty(?:[ -]one)?|ten|eleven|twelve|[a-z]{{3,6}}teen)"
SPELLED_YEAR = (
    rf"(?:oh?[ -]{_ONES}"
    rf"|(?:nineteen|twenty)[ -](?:oh[ -]{_ONES}|[a-z]{{3,6}}teen|ten|eleven|twelve|{_TENS}(?:[ -]{_ONES})?)"
    rf"|two thousand(?: and)?(?: (?:[a-z]{{3,6}}teen|ten|eleven|twelve|{_ONES}|{_TENS}(?:[ -]{_ONES})?))?)(?![a-z])"
)
HOLIDAYS = (
    "christmas new labor labour memorial veteran veterans columbus president presidents canada boxing "
    "independence mother mothers father fathers valentine valentines st saint groundhog mlk martin "
    "indigenous bastille australia anzac remembrance may all thanksgiving easter good ash halloween "
    "juneteenth mardi fourth hanukkah chanukah yom rosh passover ramadan eid diwali kwanzaa cinco lunar "
    "chinese spring august 1:t"
)
HOLIDAY = (
    r"(?:(?:christmas|new year'?s)(?: (?:eve|day))?|(?:labou?r|memorial|veterans?'?s?|columbus|presidents?'?s?|canada"
    r"|boxing|independence|mother'?s'?|father'?s'?|valentine'?s'?|st\.? patrick'?s|saint patrick'?s|groundhog|mlk"
    r"|martin luther king(?:,? jr\.?)?|indigenous peoples'?|bastille|australia|anzac|remembrance|may"
    r"|all saints'?) day"
    r"|thanksgiving(?: day)?|easter(?: (?:sunday|monday))?|good friday|ash wednesday|halloween|juneteenth|mardi gras"
    r"|(?:4th|fourth) of july|hanukkah|chanukah|yom kippur|rosh hashanah|passover|ramadan|eid al-(?:fitr|adha)|diwali"
    r"|kwanzaa|cinco de mayo|lunar new year|chinese new year|(?:spring|may|august) bank holiday)(?![a-z])"
)
END = r"(?![0-9])"
CLEAR = r"(?<![a-z0-9/.])"
CLOCK = r"(?:t[0-9:.]{2,15}(?:z|[+-][0-9]{2}:?[0-9]{2})?)?"
