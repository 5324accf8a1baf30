"""Names that medicine has made its own: eponyms and acronyms."""

from __future__ import annotations

from streamdeid.detect.known_text import Hit, Words, word_set
from streamdeid.detect.ordinary import is_ordinary

_EPONYMS = word_set("""
    addison alzheimer babinski baker barrett bartholin basedow becker behcet bell bowen broca brown burkitt bouchard
    charcot chagas crohn cushing colles dercum down downs dupuytren duchenne ewing fallot foley fowler gaucher gilbert
    graves guillain hansen hartmann hashimoto hawkins heberden heimlich hirschsprung hodgkin horner huntington
    jones kaposi kawasaki kelly kernig lewis lynch lyme marfan mayo mcburney meckel meniere morton murphy osgood
    osler paget parkinson peyronie phalen pott raynaud reiter reye romberg ross schmidt simmonds sims smith stein
    still sturge swan thomas thompson tinel tourette trendelenburg turner virchow weber wegener whipple wilms wilson
    wright york
    """)
_EPONYM_OF = word_set("""
    disease syndrome sign signs test tests fracture fractures cyst cysts palsy catheter catheters catheterization
    maneuver criteria splint score scale esophagus oesophagus thyroiditis lymphoma sarcoma position procedure pouch
    node nodes dementia chorea tumor tumour ulcer contracture phenomenon deformity diverticulum nodule nodules stage
    classification aphasia ganz barre non lymphomas bodies body reflex retractor clamp scissors forceps neuroma
    """)
_ACRONYMS = word_set(
    """
    aba abe ada adam ago aim alan ali alma alta ana apo ash ava bal bao bari bea ben cam cal cara chi cho chu cox dan
    das deb dee del dia don eden ela eli elisa ema eva fay gad gail gal gem gus ham han hong ida ina iris ivan ivy kara
    kay kub lam lan lao lara lau lea len les liz mac mai mami mar mara max may mia mira moca nam nan nash nat ngo nina
    pam pan pat pia ram rama rao ray rob rod rom ron ros sal sam san sara sham sid sol son sun tam tan tara tat ted tia
    tim tina tran tram tre uma una val van vera vic wes
    """
)


def is_eponym(words: Words, hit: Hit) -> bool:
    """Whether the name found is a part of a medical term: nobody is mentioned in ``Parkinson's disease``."""
    name = words.word(hit.first)
    if name not in _EPONYMS and name.removesuffix("s") not in _EPONYMS and not is_ordinary(name):
        return False
    k = words.next(hit.last)
    if words.word(k) == "s" and words.gap(hit.last, k) == "'":
        k = words.next(k)
    return is_medical_noun(words.word(k))


def is_medical_noun(word: str) -> bool:
    """Whether a name before `word` is no person but a part of a medical term."""
    return word in _EPONYM_OF


def is_acronym(words: Words, hit: Hit) -> bool:
    """Whether the name found reads as an acronym of medicine: ``ANA``, all capitals where capitals say something."""
    return words.word(hit.first) in _ACRONYMS and words.cased(hit.first).isupper() and not words.is_flat(hit.first)
