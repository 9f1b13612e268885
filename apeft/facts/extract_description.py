"""Nationality and professions of "X was a French painter and sculptor who …".

A description is a noun phrase behind the copula (or an apposition behind the name): parts joined
by commas and "and", each with its head at the end. A profession is read where a part's head is a
known one; a nationality where it stands in front of a head that names a person, known or not, or
of a list whose last head does ("stage, film, and television actress").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from apeft.facts import nations
from apeft.facts.extract_prize import NEGATED, own_verb
from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import terms
from apeft.facts.predicate import find_predicate
from apeft.facts.sentences import FAMILY, OTHERS, Sentence
from apeft.facts.terms import Mention, listed

Found = Iterator[tuple[str, Mention]]

_HARDLY: Final = r"\b(?:almost|nearly|hardly|scarcely|barely)\b"
_NOT_QUITE = re.compile(rf"\s*(?:{_HARDLY}|(?:an? )?honorary\b)", re.IGNORECASE)
_POST = re.compile(
    r"\b(?:(?:began|started|made|launched|pursued) (?:his|her|their|a) [a-z ]{0,25}?career\b"
    r"[^,;.]{0,25}? as|(?:work(?:s|ed)|serv(?:es|ed)) as)\s+(?:an?\s+|the\s+)?"
)
_AGAIN = re.compile(
    r"\b(?:and|but)\s+(?:(?:he|she)\s+)?(?:(?:was|is|became)\s+)?(?:also\s+|later\s+)?an?\s+"
)
# Where the noun phrase behind "was a …" ends, unless its noun is still to come ("a noted poet").
_PHRASE_END = re.compile(
    r"[;:(—]|\.(?:\s|$)|\s–\s|,?\s+(?:who|whose|whom|which|that|where|when|of|from|for|in|at|by|"
    r"with|on|to|as(?! well as)|during|under|since|whilst|while|but|because|best|known|born|based|"
    r"famous|noted|active|considered|regarded|widely|responsible|credited|remembered|died|having|"
    r"working|specializing|specialising|turned|recognized|recognised|celebrated for|renowned for|"
    r"was|is|has|had|he|she|wrote|won|served|played|made|worked|lived|became|discovered|developed|"
    r"created|invented|hailing|currently|primarily|through|throughout|after|before|among|"
    r"between|about|starring|best-known|well-known)\b(?!-)"
)
# "football (soccer) referee": the noun comes behind the brackets.
_GLOSS = re.compile(
    r"\s*\([a-z]+\) (?!(?:and|or|as|turned)\b)"
    r"(?=(?:[a-z-]+ )?[a-z-]+(?:er|or|ee|ist|ian|man|woman)\b)"
)
_ADVERBS = re.compile(r"\s*(?:(?:\w+ly|well|most|more|very|much|quite|best)[\s-]*)*\s*$")
_PRAISE = re.compile(
    r"\s*(?:(?:best|well)[\s-]+)?(?:known|famous|noted|active|considered|regarded|celebrated|"
    r"renowned|recogni[sz]ed|remembered|best|responsible|working|primarily|currently|widely|played)\b"
)
_PART = re.compile(r",\s*(?:and\s+|or\s+)?|\s+and\s+|\s*[/&]\s*|\s+as well as\s+")
_ARTICLE = re.compile(r"\s*(?:(?:an?|the|also|then|later|both)\s+)*")
_PEOPLE: Final = re.compile(
    r"\b(?:man|woman|person|citizen|icon|figure|legend|pioneer|national|star|hero|heroine|"
    r"celebrity|personality|champion|laureate|intellectual|public figure|nobel laureate|"
    r"leader|thinker|master|genius|socialite|worker|official|expert|winner)s?$",
    re.IGNORECASE,
)
# "American football player", "English literature": the adjective may say of what, not whence.
_TONGUE = re.compile(
    r"^\s*(?:literature|language|history|studies|rules|"
    r"revolution|civil war|empire|army|navy|academy|open|dynasty|cinema|theatre|church|"
    r"parliament|government|royal|school(?!\s?teacher|\s?master)|Academy|Open|Empire|Army|Navy|"
    r"Church|National|Football|"
    r"League|Revolution|Civil|Royal|Idol|School|Olympic|Grand|Cup|State|Parliament|Party|Academy)\b"
)
# "French teacher" and "American football player", but not "Chilean teacher", "Irish football fan".
_TAUGHT_TONGUES: Final = frozenset(
    listed("English French German Spanish Italian Greek Russian Chinese Japanese Arabic", None)
)
_OF_TONGUE = re.compile(r"\s*(?:(?:school|language)\s?)?(?:teacher|professor|translator)\b")
_OWN_FOOTBALL: Final = frozenset({"American", "Canadian", "Australian"})
# Heads that no nationality describes: of things, and of people tied to another nation.
_NO_HEAD: Final = re.compile(
    r"\b(?:compan(?:y|ies)|brand|film|movie|novel|album|song|band|city|town|village|river|state|"
    r"ship|car|magazine|newspaper|game|character|surname|name|word|term|crater|asteroid|breed|"
    r"horse|dog|team|club|group|duo|trio|school|university|text|play|poem|opera|book|series|dish|"
    r"deity|god|goddess|temple|instrument|origin|descent|ancestry|birth|"
    r"extraction|heritage|parentage|background|speaker|student|major|lessons?|"
    r"prisoner|captive|hostage|resident|ally|vassal|immigrant|emigrant|migrant|refugee|"
    r"descendant|enthusiast|fan|admirer|interpreter|subject|territory|colony|possession|"
    r"equivalent|version|answer|instructor|tutor|class|course|biography|autobiography|biopic|"
    r"documentary|musical|drama|comedy|thriller|podcast|show|sitcom|street|statue|painting|"
    r"portrait|restaurant|letter|award|prize|variety|cultivar|storm|hurricane)s?$",
    re.IGNORECASE,
)
# Words for an office of a state that are also posts in companies, clubs and universities.
_OFFICES: Final = frozenset(
    {"president", "vice president", "director", "secretary", "minister", "chancellor", "governor",
     "general", "commander", "secretary-general", "head", "manager", "official", "administrator"}
)  # fmt: skip
_NOT_A_PERSON = re.compile(
    r"^(?:first|last|second|only|same|most|youngest|oldest|subject|title|name|author of)\b"
)
_TIED = re.compile(
    r"\b(?:friend|student|pupil|follower|disciple|admirer|rival|contemporary|ally|enemy|servant|guest|"
    r"mistress|biographer|patron|assistant|secretary|descendant|heir|mix|mixture|blend|cross|"
    r"combination|portrait)s? (?:of|to|between)\b"
)
_WITH_NAME = re.compile(
    r"^(?!.*\b(?:by|with|to|between|his|her|met|married)\b).*\b(?:of|for|in|at) the "
    r"[A-Z][\w'’.-]*(?: (?:of )?(?:the )?[A-Z][\w'’.-]*)*\s*$"
)
_TAUGHT = re.compile(
    r"\s+(?:of|to)\s+(?!(?:English|French|German|Spanish|Latin|Greek|Mathematics|Physics|Chemistry|"
    r"History|Music|Art)\b(?!\s[a-z]*er\b))(?:(?:the\s+)?[A-Z]|his\b|her\b)"
)
_NO_PERSON = re.compile(r"(?:not|never|no|neither)\b|(?:[\w-]+\s+){0,2}(?:fictional|fictitious)\b")
_AGENT = re.compile(r"(?:[bdgmnprstvz]er|[ct]or|ist|man|woman)$")
_LONGEST_PART: Final = 4


def description(sentence: Sentence, lexicon: Lexicon) -> Found:
    """Yield nationality and professions that the sentence says its subject had."""
    text = sentence.text
    for start, article, post in _starts(sentence):
        for relation, mention in _phrase(text, start, article, lexicon):
            if not (post and relation == "nationality"):
                yield relation, mention


def _starts(sentence: Sentence) -> Iterator[tuple[int, str, bool]]:
    """Where noun phrases about the subject start, the article before, and whether of a post."""
    text, at = sentence.text, sentence.verb
    if not at:
        yield from _unnamed(text)
        return
    predicate = find_predicate(text, at)
    behind = predicate.end() if predicate else at
    said = predicate.group() if predicate else ""
    for aside in re.finditer(
        r"[,–—]\s+(an?|the)\s+|\bwho (?:was|is) (an?|the)\s+", text[at:behind]
    ):
        yield at + aside.end(), aside[1] or aside[2], False
    if predicate:
        if NEGATED.search(said) or re.search(rf"{_HARDLY}\s", said):
            return
        yield behind, predicate["article"], bool(predicate["post"])
    elif beside := re.match(r",\s+(an?|the)\s+(?=[^,]+,)", text[at:]):
        yield at + beside.end(), beside[1], False
    for again in _AGAIN.finditer(text, behind):
        if own_verb(text, at, again.start()) and _keeps_subject(
            text[behind : again.start()], told=predicate is not None
        ):
            yield again.end(), "a", False
    for post in _POST.finditer(text, at):
        if post.start() >= behind and own_verb(text, at, post.start()):
            yield post.end(), "a", True


def _unnamed(text: str) -> Iterator[tuple[int, str, bool]]:
    """A fragment without a subject, or "His profession was …"."""
    opening = re.match(r"(?:(?:was|is)\s+)?(?:(an?|the)\s+)?", text)
    own = re.match(
        r"(?:His|Her|Their)\s+(?:nationality|profession|occupation)\s+(?:was|is)\s+", text
    )
    if own:
        yield own.end(), "", False
    elif opening and not re.match(r"(?:His|Her|Their|Born|born|The)\b", text):
        yield opening.end(), opening[1] or "", False


def _keeps_subject(between: str, *, told: bool) -> bool:
    """Whether "and a …" does not go on with an object ("the leader of a band and a …").

    Where the sentence has told what the subject is, a proper name ends the object ("president of
    the Republic and a poet"), but not of somebody it is tied to ("a friend of the Duke and a …").
    """
    if told and not _TIED.search(between) and _WITH_NAME.search(between):
        return True
    return not _TIED.search(between) and not re.search(
        r"\b(?:between|with|by|(?:of|to|from|for|in|at|on|\w+ing) (?:an?|the)|his|her|met|married)"
        r"\s(?!.*,\s*$)",
        between,
    )


def _phrase(text: str, start: int, article: str, lexicon: Lexicon) -> Found:
    stop = _phrase_end(text, start, article)
    if stop <= start or _NO_PERSON.match(text[start:stop]):
        return
    person = national = False
    pending: list[Mention] = []  # nationalities that wait for their noun: "French and German poet"
    bounds = list(_parts(text, start, stop))
    head = ""
    for left, right in bounds:
        words = text[left:right]
        if _NOT_QUITE.match(words) or NEGATED.search(words) or _other_person(words):
            return
        head = words.strip()
        found = list(_nationalities(words, left, lexicon))
        jobs = _jobs(words, text[right : right + 60], lexicon)
        if not jobs and not _PEOPLE.search(head):
            if len(head.split()) > _LONGEST_PART + len(found):
                break
            pending += found
            continue
        for mention in [*pending, *found]:
            yield "nationality", mention
        person, national = True, national or bool(pending or found)
        pending = []
        for mention in jobs:
            yield "profession", Mention(mention.value, left + mention.start, left + mention.end)
    if pending and _describes(text[pending[-1].end : stop], article):
        for mention in pending:
            yield "nationality", mention
    elif person and not national:
        for mention in _from(text, stop, lexicon):
            yield "nationality", mention


def _phrase_end(text: str, start: int, article: str) -> int:
    """Where the noun phrase ends that starts at ``start``, without an "and" that leads on."""
    stop = len(text.rstrip(" ."))
    for end in _PHRASE_END.finditer(text, max(start - 1, 0)):
        if _GLOSS.match(text, end.start()):
            continue
        if article and _PRAISE.match(end.group()) and _ADVERBS.match(text[start : end.start()]):
            continue
        stop = min(stop, end.start())
        break
    return len(re.sub(r"(?:,?\s+(?:and|or|but))?\s*$", "", text[:stop]))


def _from(text: str, at: int, lexicon: Lexicon) -> list[Mention]:
    """The nationality of "a pitcher from the Dominican Republic", which no adjective gives."""
    origin = re.match(r",?\s+from\s+(?:the\s+)?", text[at:])
    if not origin:
        return []
    start = at + origin.end()
    rest = re.split(r"[.;(]|,(?! [A-Z])|\s(?:who|that|and|born|best|known|with)\b", text[start:])[0]
    value = lexicon.terms("nationality").get(rest) if rest in nations.countries() else None
    return [Mention(value, start, start + len(rest))] if value else []


def _describes(behind: str, article: str) -> bool:
    """Whether an adjective says a person's nationality before a noun that is not known.

    "was French" and "is a Chilean zookeeper" do; "was a French prisoner" does not, nor "the
    German choice".
    """
    noun = behind.split(",")[0].strip()
    if not noun or noun.startswith("-"):  # "French-" is cut off
        return not noun
    fits = article in ("a", "an", "one of the") or bool(_AGENT.search(noun))
    return fits and not _NO_HEAD.search(noun)


def _parts(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    at = start
    for part in _PART.finditer(text, start, stop):
        yield at, part.start()
        at = part.end()
    yield at, stop


def _other_person(words: str) -> bool:
    """Whether a part is about kin: "his brother", "the eldest son", but not "child actor"."""
    return bool(
        re.search(rf"\b{FAMILY}\s*$", words)
        or re.match(r"\s*(?:his|her|their)\b", words)
        or (OTHERS.search(words) and not re.search(rf"\b{FAMILY}\b", words))
    )


def _nationalities(words: str, left: int, lexicon: Lexicon) -> Iterator[Mention]:
    for mention in terms("nationality", words, lexicon):
        after = words[mention.end :]
        if re.search(r"\b(?:all|anti|non|pro|pan)-$", words[: mention.start], re.IGNORECASE):
            continue  # "All-Australian" is a team
        if _TONGUE.match(after):
            continue
        taught = mention.value in _TAUGHT_TONGUES and _OF_TONGUE.match(after)
        if not taught and not (mention.value in _OWN_FOOTBALL and after[:9] == " football"):
            yield Mention(mention.value, left + mention.start, left + mention.end)


def _jobs(words: str, behind: str, lexicon: Lexicon) -> list[Mention]:
    """The profession that ends the phrase: "theoretical physicist", not "film" in "film score"."""
    trimmed = words.rstrip(" .,")
    found = [m for m in terms("profession", trimmed, lexicon) if m.end >= len(trimmed)]
    if not found:
        return []
    value, before = found[0].value, trimmed[: found[0].start]
    if value in _OFFICES and not _held(behind, lexicon):
        return []
    if value in ("teacher", "manager") and _TAUGHT.match(behind):
        return []  # "the teacher of Plato" is no profession, but a tie
    joined = re.search(r"(?P<other>\w+)-$", before)
    if joined:  # "singer-actress" is both, "ex-footballer" is one, "Secretary-General" is neither
        other = terms("profession", joined["other"], lexicon)
        if not other and joined["other"].lower() not in ("ex", "non", "co", "then"):
            return []
        shift = joined.start("other")
        found = [*(Mention(m.value, shift + m.start, shift + m.end) for m in other), *found]
    if _NOT_A_PERSON.match(trimmed) and not re.match(r"(?:first|most)\b", trimmed):
        return []
    return found


def _held(behind: str, lexicon: Lexicon) -> bool:
    """Whether an office is one of a state ("president of the Society" is no politician's)."""
    of = re.match(r"\s+(?:of|at|for)\b\s*(?P<what>.*)", behind)
    if not of:
        return True
    states = terms("neighbour", of["what"], lexicon)
    return bool(states) and not of["what"][: states[0].start].strip().removeprefix("the").strip()
