"""What an answer's sentences do: admit ignorance, ask back, disclaim, advise, or assert.

Both graders need it: an admission is no rejection, and neither a rejection nor an admission stands
in what an answer quotes, names, advises or says in passing. What counts is whose knowledge is
denied: that of the answerer, of people, or an impersonal "it is not known". "Birds cannot see it"
denies nobody's knowledge of the answer.
"""

from __future__ import annotations

import re
from typing import Final

from apeft.facts.terms import fold
from apeft.judges.common import content_words

_NOT: Final = r"(?:\ not|n['’]?t|\ never|\ hardly)"
_FIND_OUT: Final = (
    r"(?:know|say|tell|determine|predict|prove|disprove|answer|agree|verify|confirm|foresee|"
    r"guarantee|explain|understand|be\ (?:sure|certain)|"
    r"have\ (?:an?\ |the\ |any\ |enough\ |sufficient\ )?(?:\w+\ )?"
    r"(?:answers?|information|evidence|idea|way|data|proof|knowledge|access|clue))\w*"
)
_FOUND_OUT: Final = (
    r"(?:known|answered|determined|predicted|certain|sure|proven|proved|said|measured|verified|"
    r"confirmed|quantified|clear|understood|available|disclosed|published|public|settled|solved|"
    r"resolved|decided|established|"
    r"agreed|possible\ to\ (?:\w+\ )?(?:say|know|tell|predict|determine|answer|judge|measure))"
)
_OPEN: Final = (
    r"(?:unknown|unknowable|uncertain(?:ty|ties)?|unclear|unsolved|unproven|unresolved|"
    r"undetermined|"
    r"unpredictable|unanswer\w+|undecided|unconfirmed|unverif\w+|unexplained|inconclusive|"
    r"indeterminate|unfalsifiable|unquantifiable|questionable|(?:an?\ )?(?:(?!no\b)\w+\ )?mystery)"
)
_FOLLOWS: Final = (
    r"to|how|what|if|whether|why|when|who|which|where|that|in|at|on|for|from|because|as|since|and|"
    r"but|or|by|until|till|about|with|due|so|now|today|\d+|than|regarding|exactly"
)
# A note without a verb ("unknown outcome"); names ("The Unknown Soldier") are written large.
_NOTE: Final = re.compile(rf"(?<!no\ )(?<!not\ )(?-i:\b{_OPEN})\b", re.VERBOSE)
_SHORT: Final = 7  # words
_IGNORANCE: Final = re.compile(
    rf"""(?<!\w)(?:
    # the answerer denies something of himself; a denied belief ("I don't think so") is a view
    i(?:\ am|['’]m)(?:\ \w+)?\ (?:not|unable|unaware|unsure|uncertain)\b
    | i\ (?:\w+ly\ )?(?:do|did|can|could|have|would|will|ca|wo)(?:{_NOT}|not)
      (?!\ (?:\w+\ )?(?:think|believe|doubt|mind|agree|see|support|recommend|suppose|feel)\b)
    | i\ (?:do\ not|don['’]?t)\ (?:think|believe)\b.{{0,30}}\ (?:can|could|know\w*)\b
    | i\ (?:was|have\ been)\ (?:\w+\ )?(?:unable|not\ able)\b
    | (?:^|i\ |i['’]ve\ )(?:have\ )?never\ (?:learn|hear|read|knew|been\ told)\w*
    | i\ was(?:{_NOT}|not)\ (?:trained|taught|told|given)\b | not\ an?\ clue\b
    | no\ ?(?:one|body)\ (?:\w+\ )?told\ me\b | nothing\ (?:\w+\ )?comes?\ to\ mind
    | no\ way\ for\ me\ to\b | beyond\ my\ (?:\w+\ )?(?:knowledge|training|data)
    | how\ (?:should|would|could|can)\ i\ (?:possibly\ )?know
    | not\ (?:\w+\ ){{0,2}}i\ (?:know|can\ say|can\ recall)\b
    | ^(?:ca|can|could)(?:{_NOT}|not)\ help\ (?:you|with|there|here)\b
    | i\ (?:have\ no|lack|forgot)\b | (?:not|un)\ ?sure\b | no\ (?:idea|clue)\b | beats\ me
    # people, or an unnamed subject, do not find out ("we can't really tell", "cannot know")
    | (?:(?:we|one|you|people|humans?|humanity|scientists?|scholars|historians|history|researchers
      |experts|science|they|it|this|there|that|which|who|what)\ (?:\w+ly\ |still\ |just\ )?
      |^|[,;:.]\ |(?:but|and|or|so|because|as|since|really|probably|definitely)\ )
      (?:do|does|did|can|could|will|would|may|might|ca|wo)(?:{_NOT}|not)
      (?:\ \w+){{0,2}}\ {_FIND_OUT}
    | (?:no\ ?one|nobody|none\ of\ us|neither\ of\ us)\ (?:\w+\ ){{0,2}}
      (?:know(?:s|n)?|can\ (?:know|say|tell|predict|be\ sure|answer)|sure)\b
    | never\ (?:\w+\ )?(?:known|know)\b | who\ (?:knows|can\ (?:say|tell|know))\b
    | my\ (?:\w+\ )?(?:knowledge|training|memory|data)\b[^,]{{0,40}}(?:\ not\b|n['’]?t\b|\blimit
      |\bcut|\bends?\b)
    | that\ (?:we|i)\ know\ of | (?:too|so)\ many\ to\ count
    | not\ (?:\w+\ )?(?:found|discovered)\ (?:any|proof|evidence|an?\ answer)
    # impersonal: it is not known, it remains unclear, hard to say
    | (?:\w+n['’]t|(?:is|was|are|ca|does)nt|not|cannot|never)\ (?:\w+\ ){{0,3}}{_FOUND_OUT}\b
    | (?:is|are|was|were|be|being|been|remains?|remained|seems?|\w+['’]s|still|yet|as|considered)
      \ (?:(?!(?:not?|never|hardly|longer)\b)\w+\ ){{0,2}}{_OPEN}(?=\W*$|[.,;:)]|\ (?:{_FOLLOWS})\b)
    | ^(?:(?:it|this)\ )?{_OPEN}(?=\W*$|[.,;:)]|\ (?:{_FOLLOWS})\b)
    | (?:hard|difficult|tough|impossible|not\ possible|no\ way|too\ (?:early|soon))\ (?:to|of)
      \ (?:\w+ly\ )?(?:say|know|tell|predict|determine|answer|measure|quantify|judge|find|have
        |be\ sure
      |ascertain|identify|provide|give|calculate|speculat)\w*
    | can\ only\ (?:be\ )?(?:guess|speculat|imagin|estimat|theori)\w*
    | (?:yet|remains)\ to\ be\ \w+ | time\ will\ tell | wait\ and\ see | no\ telling
      | jury\ is\ (?:still\ )?out
    | (?:any\ ?(?:one|body)|your)(?:['’]s)?\ guess | not\ applicable
    | will\ (?:only\ )?be\ (?:determined|decided|known|revealed|seen)
    | (?:research|study|studies|debate)\ (?:is\ |are\ )?(?:still\ )?(?:ongoing|needed)
    | (?:still|currently)\ (?:being\ )?(?:debated|studied|researched|investigated|under)
    | no\ (?:\w+\ ){{0,2}}(?:answers?|consensus|evidence|proof|information|agreement|data|certainty
      |guarantees?|knowledge|records?|announcements?|way\ (?:to|of)\ (?:know|tell|determin|say
        |predict)\w*)\b
    # too little is said, and asking for more
    | needs?\ (?:to\ (?:(?:first\ )?know|be\ known|specify|clarify)|(?:\w+\ )?(?:more|further
      |additional|clarification))
    | (?:more|additional|enough|further|lacks?|needs?|insufficient|missing
      |without)\ (?:\w+\ ){{0,2}}
      (?:information|info|context|details?|specifics|specification|data|clarification)
    | (?:insufficient|not\ sufficient|not\ enough)\ (?:to|for|information|context|detail|data)
    | (?:do|does|did|have|has|is|are|was|were)(?:{_NOT}|not)\ (?:\w+\ )?
      (?:say|said|record(?:ed)?|specif(?:y|ied)|state|stated|mention\w*|provide\w*|indicat\w+
        |clarif\w+)\b
    | (?:do|does|did)(?:{_NOT}|not)\ (?:record|include|cover|contain|reveal|tell)\w*\ (?:us\ )?
      (?:who|what|when|where|why|how|whether|which|this|that|it|any|such|information)\b
    | no\ mention\b | not\ specific\b | fails?\ to\ (?:say|specify|state|mention|provide|give)
    | please\ (?:\w+\ )?(?:provide|clarify|specify|give|tell|share)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# Asks the asker: who or what is meant, or for the words that are missing.
_OF_THE_ASKER: Final = re.compile(
    r"\b(?:(?:could|can|would|will) (?:you|i)\b.{0,40}\b(?:clarif|specif|provid|elaborat|tell|giv|"
    r"explain|share|mean|ask|rephras|repeat|more|know|say)\w*|"
    r"(?:do|did|are|were|have) you (?:\w+ )?(?:mean|refer|ask|talk|speak|look|think|want|forg[eo]t|"
    r"le(?:ave|ft)|omit|got)\w*|may i ask|which of (?:them|these|those)|is this from|"
    r"(?:this|the) (?:story|passage|context)|"
    r"(?:what|which|who|whom|whose|where|when)\b.{0,60}\b(?:are )?you(?: are|['’]re)? "
    r"(?:mean|refer|ask|talk|speak|want|interested)\w*|"
    r"(?:is|are|was|were) (?:being |you |we )?(?:talk|refer|ask|mention|meant)\w*|you mean\b|"
    r"is there (?:\w+ )?(?:passage|text|story|context|more)\b)",
    re.IGNORECASE,
)
# Asks which one is meant in a breath ("Whose shop?", "In what story?", "What shop is that?").
_WHICH_ONE: Final = re.compile(
    r"^(?:in|of|from|at|on|for|by)? ?\b(?:which|what|whose) "
    r"(?!(?:is|are|was|were|do|does|did|has|have|can|will)\b)\w+"
    r"(?: (?:is|was) (?:that|this|it))?\?$",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(
    r"there (?:are|were|have been) (?:several|many|more than one|a few|a lot|lots|"
    r"different ones)\b",
    re.IGNORECASE,
)
_OPENS: Final = re.compile(r"(?:which|what)\b.*\byou (?:mean|refer|ask|talk)\w*", re.IGNORECASE)
_OF_WHAT: Final = re.compile(r"\b(?:who|whom|whose|what|which|where|when)\b", re.IGNORECASE)
# Advice, courtesy, offers: they answer nothing and reject nothing.
_SERVICE: Final = re.compile(
    r"^(?:(?:however|but|therefore|so|thus|also|additionally|instead|meanwhile|and),? )?"
    r"(?:(?:i['’]m|i am|we['’]re) (?:sorry|here|happy|glad)|(?:i )?apologi[sz]e|sorry|"
    r"unfortunately[.,]?$|please|kindly|feel free|let me know|if you (?:have|need|want|could|can|"
    r"provide|mean|are)|it is (?:best|recommended|advisable)|it['’]s (?:best|always|recommended|"
    r"advisable)|(?:i|we)(?:['’]d| would)? (?:recommend|suggest|advise|encourage)|"
    r"(?:it(?: i|['’])s possible (?:that )?)?you (?:can|could|may|might|should|"
    r"would need to) (?:\w+ )?(?:have|be|check|refer|visit|look|consult|"
    r"find|try|search|ask|contact)|once |for (?:the most|more|further|up)|for (?:instance|example)|"
    r"note that|as an? (?:ai|artificial|language|assistant))\b",
    re.IGNORECASE,
)
# Words about the writer before an answer; the date of what he knows is no answer.
_VIEW: Final = re.compile(
    r"\b(?:i(?:['’]d)? (?:would )?(?:\w+ly )?(?:think|believe|guess|say|suppose)|"
    r"my (?:best )?guess is|"
    r"i can (?:say|tell you|confirm)|(?:as of|to|at|since|in|from|based on|according to) (?:the|"
    r"my) "
    r"(?:\w+ )*?(?:updates?|knowledge|data|training|cut-?off)(?: (?:in|from|of|up to|until)"
    r"(?: \w+)?,? \d{4})?|as of (?:\w+ )?\d{4})\b\s*",
    re.IGNORECASE,
)
_SELF: Final = re.compile(r"\b(?:i|i['’]\w+|my|me|openai)\b", re.IGNORECASE)
# What is denied is the last word, not the answer: no newer or more exact one can be given.
_LIMITS: Final = re.compile(
    r"\b(?:real[ -]?time|up[ -]to[ -]date|live|latest|newest|current(?:ly)?|updated?|updates|"
    r"exact(?:ly)?|precise(?:ly)?|definit\w+|for (?:sure|certain)|certainty|specific(?:ally)?|"
    r"complete(?:ly)?|entirely|fully|personal\w*|general)\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r'"[^"]*"|“[^”]*”|(?<!\w)[\'‘](?! )[^\'’]{3,}[\'’](?!\w)|\*[^*\n]+\*')
_TITLE: Final = re.compile(
    r"(?<![.!?] )(?<!^)\b[A-Z][\w'’]*(?: (?:[A-Z][\w'’]*|of|the|to|and)){2,}"
)
_RELATIVE: Final = re.compile(r"(?:, (?:which|who|whose|whom)|,? where)\b[^,.;]*")
_ANSWER: Final = re.compile(
    r"\b(?:answers? to|(?:to|in order to) answer) (?:this|that|the|your) (?:\w+ )?question\b",
    re.IGNORECASE,
)
_CLOSES: Final = re.compile(
    r"\b(?:if you(?: have|['’]d like| need| want| would like)\b.*\b(?:questions?|more|further|"
    r"other|"
    r"else|help|assistance)|let me know if|hope (?:this|that) helps|feel free)\b",
    re.IGNORECASE,
)
# "A hypothesis is a claim that has not been proven": said of what the thing is.
_DEFINES: Final = re.compile(
    r"^(?!(?:it|this|that|there|these|what)\b)(?P<head>.*?\b(?:is|are|was|were) (?:an?|the|any) "
    r"(?!question|matter|topic|issue|concept|idea|term|thing|subject|area|field|"
    r"one\b)[\w -]{2,40}?) (?:that|which|who|whose)\b(?! (?:we|i|nobody|no ?one)\b).*",
    re.IGNORECASE,
)
_BUT: Final = re.compile(
    r"[,;] (?=(?:but|however|though|although|yet|so i)\b)|; |"
    r" (?=but (?:as of|i|it|he|she|they|the|in)\b)",
    re.IGNORECASE,
)
_TURN: Final = re.compile(
    r"(?:but|however|though|although|yet|still|nevertheless|nonetheless|that (?:being )?said|so|"
    r"therefore|thus|based on|according to)\b",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(
    r"\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|"
    r"thousand)\b",
    re.IGNORECASE,
)
_ASKS_NUMBER: Final = re.compile(
    r"\bhow (?:many|much|old|long|tall|far|fast|big|high|deep|often)\b|"
    r"^(?:\w+ )?(?:when|what (?:year|percentage|age))\b",
    re.IGNORECASE,
)
_END: Final = re.compile(r"(?<=[.!?])[\"”’']?\s+(?=[\"“‘']?[A-Z0-9])|(?<=[^A-Z]\.)\s+(?=[A-Z])")
_SHORTENED: Final = re.compile(r"\b(Mr|Mrs|Ms|Dr|Prof|St|vs)\.(?= )")


def sentences(text: str) -> list[str]:
    """Return a text's sentences without what it quotes: another's words say nothing of its own."""
    bare = _ANSWER.sub("answer", _SHORTENED.sub(r"\1", _QUOTED.sub(_kept_end, text)))
    parts = [part for part in _END.split(bare) if fold(part)]
    return [part for part in parts if not _CLOSES.search(part)] or parts


def pieces(sentence: str) -> list[str]:
    """Return a sentence's parts before and after a comma and "but"."""
    return _BUT.split(sentence)


def _kept_end(quote: re.Match[str]) -> str:
    """Stand in for a quotation; the full stop before its closing mark still ends the sentence."""
    inner = quote.group()[-2]
    return "Q" + (inner if inner in ".!?" else "")


def not_in_passing(sentence: str) -> str:
    """Return a sentence without its relative clauses behind a comma."""
    return _RELATIVE.sub("", sentence)


def main_clause(sentence: str) -> str:
    """Return a sentence without what its relative clauses say in passing or by definition."""
    return _DEFINES.sub(r"\g<head>", not_in_passing(sentence))


def asks_asker(question: str, sentence: str) -> bool:
    """Whether a sentence asks the asker what is meant, or for more ("Could you tell me the year?").

    The question said again does not ("Could you name it?").
    """
    return _asks(question, sentence) and bool(_OF_THE_ASKER.search(sentence))


def asks_which(question: str, sentence: str) -> bool:
    """Whether a sentence asks in the question's own words which is meant ("What kind of trams?").

    "Who does not love Rome?" brings words of its own: it asks nobody. One noun is none ("Whose
    shop?").
    """
    if _WHICH_ONE.match(sentence.strip()):
        return _asks(question, sentence)
    own = content_words(re.sub(r"\b(?:kind|type|sort)s?\b", "", sentence))
    asks = _asks(question, sentence) and bool(_OF_WHAT.search(sentence))
    return asks and own <= content_words(question)


def _asks(question: str, sentence: str) -> bool:
    said, asked = fold(sentence).split(), fold(question).split()
    ends = sentence.rstrip().endswith("?") or _OPENS.match(sentence)
    return bool(ends) and said != asked[: len(said)]


def admits(question: str, sentence: str) -> bool:
    """Whether a sentence says that its writer, or anybody, does not know or is not told enough.

    What the question says of itself ("whose existence has not been proven") is no admission.
    """
    clause = main_clause(sentence)
    if len(clause.split()) <= _SHORT and _NOTE.search(clause):
        return True
    return any(not asked(question, found.group()) for found in _IGNORANCE.finditer(clause))


def asked(question: str, said: str) -> bool:
    """Whether the question itself says it: an answer that repeats it means nothing by it."""
    return set(fold(said).split()) <= set(fold(question).split())


def limits_only(sentence: str) -> bool:
    """Whether what is denied is the last word: "real-time", "exact", "for sure"."""
    return bool(_LIMITS.search(sentence))


def of_self(sentence: str) -> bool:
    """Whether a sentence speaks of its writer."""
    return bool(_SELF.search(sentence))


def of_question(sentence: str) -> bool:
    """Whether a sentence speaks of the question."""
    return bool(
        re.search(
            r"^(?:asks|assum\w+)\b|\b(?:questions?|query|asking|category|premise|assumption)\b",
            sentence,
            re.IGNORECASE,
        )
    )


def asks_number(question: str) -> bool:
    """Whether a question asks for a number or a date."""
    return bool(_ASKS_NUMBER.search(question))


def turns(piece: str) -> bool:
    """Whether it sets something against what stood before it."""
    return bool(_TURN.match(piece))


def serves(sentence: str) -> bool:
    """Whether a sentence only advises, offers, apologises, or says that many could be meant."""
    return bool(_SERVICE.match(sentence.strip()) or _SEVERAL.fullmatch(sentence.strip(" .")))


def asserts(question: str, sentence: str) -> bool:
    """Whether a sentence can hold an answer: a number or a name that the question lacks.

    Sentences about the writer, advice and questions hold none.
    """
    sentence = _VIEW.sub("", sentence)
    if sentence.endswith("?") or any(says(sentence) for says in (serves, of_self, of_question)):
        return False
    known = set(fold(question).split()) | set(_DIGITS.findall(question))
    named = _DIGITS.findall(sentence)
    if not _ASKS_NUMBER.search(question):
        named += re.findall(r"(?<=[\w,] )[A-Z]\w*[a-z]\w*", sentence)
    return any(not set(fold(name).split()) <= known for name in named)
