"""What kind of token a token is, read from its text alone.

A subword vocabulary has no parts of speech. These classes are about what the study asks: whether
tuning moves what states facts (names, numbers) or how a text is worded (function words, signs).
"""

from __future__ import annotations

import unicodedata

NUMBER, NAME, FUNCTION, WORD, PART, SIGN, BREAK = (
    "number", "name", "function word", "other word", "inside a word", "sign", "line or text end",
)  # fmt: skip
TOKEN_CLASSES = (NAME, NUMBER, WORD, FUNCTION, PART, SIGN, BREAK)

# fmt: off
_FUNCTION = frozenset([
    "a", "an", "the", "and", "or", "but", "nor", "so", "yet", "if", "because", "although",
    "though", "while", "as", "than", "that", "which", "who", "whom", "whose", "what", "when",
    "where", "why", "how", "of", "in", "on", "at", "by", "for", "from", "to", "into", "onto",
    "with", "without", "within", "about", "after", "before", "between", "among", "during",
    "through", "over", "under", "against", "since", "until", "up", "down", "out", "off",
    "not", "no", "is", "was", "are", "were", "be", "been", "being", "am", "do", "does", "did",
    "has", "have", "had", "having", "will", "would", "can", "could", "may", "might", "must",
    "shall", "should", "he", "she", "it", "they", "we", "you", "i", "him", "her", "his",
    "hers", "its", "their", "theirs", "them", "us", "our", "your", "my", "me", "this",
    "these", "those", "there", "here", "also", "then",
])
# fmt: on


def token_class(token: str) -> str:
    """Name the class of a token as it stands in a response, its leading space included.

    A capital makes a name, also at the start of a sentence; a function word with a capital is
    one all the same. Letters without a space before them go on with a word.
    """
    text = token.strip()
    if not text or text.startswith("<|"):
        return BREAK
    if any(character.isdigit() for character in text):
        return NUMBER
    if not any(unicodedata.category(character).startswith("L") for character in text):
        return SIGN
    if text.casefold() in _FUNCTION:
        return FUNCTION if token[:1].isspace() or text[0].isupper() else PART
    if not token[:1].isspace() and not text[0].isupper():
        return PART
    return NAME if text[0].isupper() else WORD
