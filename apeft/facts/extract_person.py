"""Facts about a person: life years, birth place, nationality, professions, Nobel Prizes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from apeft.facts.extract_prize import ABOUT_KIN, NEAR, NEGATED, own_verb, prizes
from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import YEAR, places, terms, years
from apeft.facts.sentences import Sentence
from apeft.facts.terms import Mention

Found = Iterator[tuple[str, Mention]]

_COPULA = re.compile(
    r"\s*(?P<aside>,\s(?:born|also|whose|known|better|commonly|n[ée]+e?)\b[^;.]{1,90}?,(?=\s+(?:is|was)\b)|,[^,;]{1,60},|\((?:[^()]|\([^()]*\))*\))?,?\s*"
    r"(?P<verb>was|is|were|are|became|remains|worked as|works as|has been|had been|"
    r"was known as|is known as|was best known as|is best known as|"
    r"is considered|was considered|is regarded as|was regarded as)\s+"
    r"(?:\w+ly\s+)?(?:also\s+|both\s+|perhaps\s+|first\s+|then\s+|primarily\s+|once\s+)?"
    r"(?P<article>(?:an?|the|one of the|one of|among the)\b|)\s*"
)
_HARDLY = r"\b(?:almost|nearly|hardly|scarcely|barely)\b"
_NOT_QUITE = re.compile(rf"\s*(?:{_HARDLY}|(?:an? )?honorary\b)", re.IGNORECASE)
# Where the noun phrase behind "was a …" ends.
_PHRASE_END = re.compile(
    r"[;:(]|\.(?:\s|$)|,?\s+(?:who|whose|whom|which|that|where|when|of|from|for|in|at|by|with|on|to|as|"
    r"during|under|since|whilst|while|but|because|best|known|born|based|famous|noted|renowned for|"
    r"active|considered|regarded|widely|responsible|credited|remembered|died|known|having|"
    r"working|specializing|turned|recognized|recognised|celebrated for|was|is|has|had|he|she|"
    r"wrote|won|served|played|made|worked|lived|became|discovered|developed|created|invented)\b"
)
_PART = re.compile(r",\s*(?:and\s+|or\s+)?|\s+and\s+|\s*[/&]\s*|\s+as well as\s+")
_PEOPLE: Final = re.compile(
    r"\b(?:man|woman|person|citizen|icon|figure|legend|pioneer|national|star|hero|heroine|"
    r"celebrity|personality|champion|laureate|intellectual|public figure|nobel laureate|"
    r"leader|thinker|master|genius|socialite|worker|official|expert|winner)s?$",
    re.IGNORECASE,
)
# "French teacher", "American football player", "English literature": the adjective may be a tongue.
_TONGUE = re.compile(
    r"^\s*(?:football|literature|language|teacher|professor|translator|history|studies|rules|"
    r"revolution|civil war|empire|army|navy|academy|open|dynasty|cinema|theatre|church|"
    r"parliament|government|royal|school|Academy|Open|Empire|Army|Navy|Church|National|Football|"
    r"League|Revolution|Civil|Royal|Idol|School|Olympic|Grand|Cup|State|Parliament|Party|Academy)\b"
)
# Words for an office of a state that are also posts in companies, clubs and universities.
_OFFICES: Final = frozenset(
    {"president", "vice president", "director", "secretary", "minister", "chancellor", "governor",
     "general", "commander", "secretary-general", "head", "manager", "official", "administrator"}
)  # fmt: skip
_NOT_A_PERSON = re.compile(
    r"^(?:first|last|second|only|same|most|youngest|oldest|subject|title|name|author of)\b"
)
_BORN = re.compile(
    r"\b[Bb]orn\b(?!\s+(?:again|leader|out of|with)\b)|\b(?:birth)\b(?=\s+(?:in|on)\b)"
)
_BORN_END = re.compile(
    r";|\(|\.\s*$|\s+and\s+(?=[a-z])|,?\s+(?:who|where|when|which|but|as the|whose|while)\b|"
    r"\b(?:died|moved|grew|raised|lived|killed|became|began|was|is|known|emigrated|best)\b"
)
_DIED = re.compile(
    r"\b(?:died|dies|passed away|(?:was|were) (?:killed|murdered|executed|assassinated|beheaded|"
    r"burned at the stake|hanged|shot dead)|committed suicide|(?:his|her|their) (?:own )?death|"
    r"was shot and killed|took (?:his|her) own life)\b"
)
_DIED_END = re.compile(
    r";|\.\s*$|\s+and\s+(?:was|is|has|had|he|she|his|her|in)\b|,\s+(?:and|but|after|where|who|while|"
    r"when|leaving|having|two|three|\w+ years)\b|\b(?:after|when|while|before|since|following|"
    r"because|won|received|published|born|survived)\b"
)
_SPAN = re.compile(
    r"\(\s*(?P<inside>(?:(?:née?|born)\s+[^()0-9;,]{2,60}[;,]\s*)?(?:c\.\s*|ca\.\s*)?[^()]{0,60}?"
    r"(?<!\d)(?P<from>\d{3,4})(?!\d)[^()\d]{0,12}\s*[-–—]\s*(?:c\.\s*|ca\.\s*)?[^()]{0,40}?"
    r"(?<!\d)(?P<to>\d{3,4})(?!\d)\s*(?P<era>B\.?C\.?E?\.?|AD|CE)?)\s*\)"
)
_REIGN = re.compile(r"\b(?:r\.|reign\w*|ruled|fl\.|flourished|in office|president|active)", re.I)
_PAREN_BORN = re.compile(r"\(\s*(?:née?\b[^();]*;\s*)?(?:born|b\.)\s+(?P<rest>[^()]*)")


def person_facts(sentence: Sentence, entity: Mapping[str, Any], lexicon: Lexicon) -> Found:
    """Yield (relation, mention) of one sentence; offsets are those of the sentence."""
    if sentence.about is None:
        return
    yield from _description(sentence, lexicon)
    yield from _life_span(sentence)
    yield from _birth(sentence)
    yield from _death(sentence)
    yield from prizes(sentence, lexicon)


def _description(sentence: Sentence, lexicon: Lexicon) -> Found:
    """Nationality and professions of "X was a French painter and sculptor who …"."""
    text = sentence.text
    starts = []
    verb = _COPULA.match(text, sentence.verb)
    said = text[verb.start("verb") : verb.end()] if verb else ""
    if NEGATED.search(said) or re.search(rf"{_HARDLY}\s", said):
        return
    aside = (
        re.match(r",\s+(?:an?|the)\s+([^,]+),", text[sentence.verb :]) if sentence.verb else None
    )
    if aside:
        starts.append((sentence.verb + aside.start(1), False))
    if sentence.verb and verb:
        starts.append((verb.end(), verb["verb"] in ("worked as", "became")))
        again = re.search(r"\band\s+(?:was\s+|is\s+)?(an?)\s+", text[verb.end() : verb.end() + 90])
        if again and verb["article"] in ("a", "an"):
            starts.append((verb.end() + again.end(), False))
    elif not sentence.verb:
        opening = re.match(r"(?:(?:was|is)\s+)?(?:(?:an?|the)\s+)?", text)
        own = re.match(
            r"(?:His|Her|Their)\s+(?:nationality|profession|occupation)\s+(?:was|is)\s+", text
        )
        if own:
            starts.append((own.end(), False))
        elif opening and not re.match(r"(?:His|Her|Their|Born|born|The)\b", text):
            starts.append((opening.end(), False))
    for start, post in starts:
        for relation, mention in _phrase(text, start, lexicon):
            if not (post and relation == "nationality"):
                yield relation, mention


def _phrase(text: str, start: int, lexicon: Lexicon) -> Found:
    end = _PHRASE_END.search(text, start)
    stop = end.start() if end else len(text.rstrip(" ."))
    if re.match(r"(?:not|never|no|neither)\b", text[start:stop]):
        return
    if text[start : start + 60].lstrip().lower().startswith(("son of", "daughter of")):
        return
    at, bounds = start, []
    for part in _PART.finditer(text, start, stop):
        bounds.append((at, part.start()))
        at = part.end()
    bounds.append((at, stop))
    pending: list[Mention] = []  # nationalities that wait for their noun: "French and German poet"
    strange = 0
    for left, right in bounds:
        words = text[left:right]
        if NEGATED.search(words) or ABOUT_KIN.search(words) or _NOT_QUITE.match(words):
            return
        jobs = _jobs(words, text[right : right + 60], lexicon)
        found = [
            Mention(mention.value, left + mention.start, left + mention.end)
            for mention in terms("nationality", words, lexicon)
            if not _TONGUE.match(words[mention.end :])
        ]
        if not jobs and not _PEOPLE.search(words.strip()):
            strange += 1
            if strange > 1 or len(words.split()) > 4:
                break
            pending += found
            continue
        for mention in [*pending, *found]:
            yield "nationality", mention
        pending = []
        for mention in jobs:
            yield "profession", Mention(mention.value, left + mention.start, left + mention.end)
    # "was French": nothing but the adjective.
    if len(bounds) == 1 and len(pending) == 1 and pending[0].end >= stop - 1:
        yield "nationality", pending[0]


def _jobs(words: str, behind: str, lexicon: Lexicon) -> list[Mention]:
    """The profession that ends the phrase: "theoretical physicist", not "film" in "film score"."""
    trimmed = words.rstrip(" .,")
    found = [m for m in terms("profession", trimmed, lexicon) if m.end >= len(trimmed)]
    if found and found[0].value in _OFFICES and not _held(behind, lexicon):
        return []
    if found and re.search(r"\w-$", trimmed[: found[0].start]):
        return []  # "Secretary-General" is no general
    if found and _NOT_A_PERSON.match(trimmed) and not re.match(r"(?:first|most)\b", trimmed):
        return []
    return found


def _held(behind: str, lexicon: Lexicon) -> bool:
    """Whether an office is one of a state ("president of the Society" is no politician's)."""
    of = re.match(r"\s+(?:of|at|for)\s+(?P<what>.*)", behind)
    if not of:
        return True
    states = terms("neighbour", of["what"], lexicon)
    return bool(states) and not of["what"][: states[0].start].strip().removeprefix("the").strip()


def _life_span(sentence: Sentence) -> Found:
    """Years of "X (1879-1955)" or "X (14 March 1879 – 18 April 1955)", right behind the name."""
    text = sentence.text
    span = _SPAN.search(text)
    if not span or _REIGN.search(span["inside"]):
        return
    before = text[sentence.verb : span.start()]
    if before.strip(" ,") and not (not sentence.verb and span.start() == 0):
        return
    era = f" {span['era'].replace('.', '')[:2]}" if span["era"] else ""
    era = " BC" if era.strip() == "BC" else ""
    first, last = int(span["from"]), int(span["to"])
    if not era and not (0 < last - first <= 115):
        return
    yield "birth_year", Mention(f"{first}{era}", span.start("from"), span.end("from"))
    yield "death_year", Mention(f"{last}{era}", span.start("to"), span.end("to"))


def _birth(sentence: Sentence) -> Found:
    text = sentence.text
    paren = _PAREN_BORN.search(text)
    if paren and not text[sentence.verb : paren.start()].strip(" ,"):
        year = next(iter(years("in " + paren["rest"])), None)
        if year:
            shift = paren.start("rest") - 3
            yield "birth_year", Mention(year.value, year.start + shift, year.end + shift)
        return
    for born in _BORN.finditer(text):
        if born.group() == "birth" and not re.search(
            r"\b(?:[Hh]is|[Hh]er)\s+$", text[: born.start()]
        ):
            continue
        if re.match(r"[-–]", text[born.start() - 1 : born.start()] or " "):
            continue
        if not own_verb(text, sentence.verb, born.start()):
            return
        end = _BORN_END.search(text, born.end())
        clause = text[born.end() : end.start() if end else len(text)]
        if re.match(r"\s+(?:a|an|the|into|under|during)\b(?!\s+(?:\w+\s+){0,4}in\b)", clause):
            return
        yield from _dated_place(clause, born.end())
        return


def _dated_place(clause: str, shift: int) -> Found:
    year = next(iter(years(clause)), None)
    if year:
        yield "birth_year", Mention(year.value, year.start + shift, year.end + shift)
    blank = YEAR.sub(lambda m: " " * len(m.group()), clause)
    for m in re.finditer(
        r"\b(?:in|at|near)\s+(?:the\s+(?:city|town|village)\s+of\s+|the\s+)?(?=[A-Z])", blank
    ):
        found = places(blank[m.start() :])
        if found:
            place = found[0]
            at = shift + m.start()
            yield "birth_place", Mention(place.value, place.start + at, place.end + at)
            return


def _death(sentence: Sentence) -> Found:
    text = sentence.text
    for died in _DIED.finditer(text):
        if not own_verb(text, sentence.verb, died.start()) or NEAR.search(text[: died.start()]):
            return
        if died.group().endswith("death") and re.search(r"death of\b", text[died.start() :][:12]):
            continue
        end = _DIED_END.search(text, died.end())
        clause = text[died.end() : end.start() if end else len(text)]
        if re.match(r"\s*(?:scene|in the arms)", clause) or NEGATED.search(clause):
            return
        year = next(iter(years(clause)), None)
        if year:
            yield "death_year", Mention(year.value, year.start + died.end(), year.end + died.end())
            return
