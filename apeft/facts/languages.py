"""Languages: CLDR's English names, and the names that other writers give to the same language."""

from __future__ import annotations

from typing import Final

from babel import Locale

from apeft.facts.terms import listed

# CLDR's name | other names. A variety that is one language to most writers stands here too.
_NAMES: Final = """
Arabic|Standard Arabic;Modern Standard Arabic;Literary Arabic
Armenian|Eastern Armenian
Azerbaijani|Azeri;Azerbaijani Turkish
Bangla|Bengali
Belarusian|Belorussian;Byelorussian
Berber|Tamazight;Standard Algerian Berber;Amazigh
Burmese|Myanmar;Myanma
Catalan|Valencian
Central Atlas Tamazight|Moroccan Tamazight;Standard Moroccan Amazigh
Central Kurdish|Sorani
Chinese|Mandarin;Mandarin Chinese;Standard Chinese;Standard Mandarin;Putonghua
Divehi|Dhivehi;Maldivian
Dutch|Flemish;Nederlands
Fijian|iTaukei
Filipino|Tagalog;Pilipino
French|Standard French
Fula|Fulani;Fulah;Fulfulde;Pulaar
German|Standard German;High German
Gilbertese|Kiribati;I-Kiribati
Greek|Modern Greek;Hellenic
Haitian Creole|Haitian;Kreyòl;Kreyol
Hebrew|Modern Hebrew;Ivrit
Indonesian|Bahasa Indonesia
Irish|Gaelic;Irish Gaelic
Khmer|Cambodian
Kinyarwanda|Rwanda
Kongo|Kikongo;Kituba
Kyrgyz|Kirghiz;Kirgiz
Lao|Laotian
Luxembourgish|Letzeburgesch
Malay|Bahasa Malaysia;Bahasa Melayu;Malaysian
Māori|Te Reo;Te Reo Māori
Nauru|Nauruan
Nepali|Nepalese
Norwegian|Norsk
Norwegian Bokmål|Bokmål
Norwegian Nynorsk|Nynorsk
Northern Sotho|Sepedi;Pedi;Sesotho sa Leboa
Nyanja|Chichewa;Chewa;Chinyanja
Pashto|Pushto;Pashtu;Pakhto
Persian|Farsi;Dari;Dari Persian;Parsi
Quechua|Quichua;Kichwa
Romanian|Moldovan;Moldavian;Daco-Romanian
Romansh|Rhaeto-Romance;Rumantsch;Romansch
Rundi|Kirundi
Sango|Sangho
Seselwa Creole French|Seychellois Creole;Seychelles Creole;Seselwa
Sinhala|Sinhalese;Singhalese
Slovenian|Slovene
Somali|Somalian
South Ndebele|Southern Ndebele;isiNdebele
North Ndebele|Northern Ndebele;Sindebele
Southern Sotho|Sesotho
Spanish|Castilian;Castellano
Swahili|Kiswahili
Swati|siSwati;Swazi
Tetum|Tetun
Tigrinya|Tigrigna
Tsonga|Xitsonga
Tswana|Setswana
Turkmen|Turkoman
Tuvalu|Tuvaluan
Uyghur|Uighur
Venda|Tshivenda
Xhosa|isiXhosa
Zulu|isiZulu
Comorian|Shikomori
Montenegrin|
Tok Pisin|New Guinea Pidgin;Melanesian Pidgin
Palauan|
Cantonese|
Creole|
Ndebele|
Sotho|
Serbo-Croatian|
Sami|
"""
_ABOVE: Final = {
    "Cantonese": "Chinese",
    "Central Atlas Tamazight": "Berber",
    "Central Kurdish": "Kurdish",
    "Fiji Hindi": "Hindi",
    "Haitian Creole": "Creole",
    "Seselwa Creole French": "Creole",
    "Hakka Chinese": "Chinese",
    "Min Nan Chinese": "Chinese",
    "North Ndebele": "Ndebele",
    "South Ndebele": "Ndebele",
    "Northern Sotho": "Sotho",
    "Southern Sotho": "Sotho",
    "Northern Sami": "Sami",
    "Norwegian Bokmål": "Norwegian",
    "Norwegian Nynorsk": "Norwegian",
    "Swiss German": "German",
    "Tajik": "Persian",
    **dict.fromkeys(listed("Bosnian,Croatian,Montenegrin,Serbian"), "Serbo-Croatian"),
}
_TWO_LETTERS = 2


def terms() -> dict[str, str]:
    """Map every known way to write a language to its name in CLDR."""
    english = Locale("en").languages
    names = {english[code] for code in english if len(code) == _TWO_LETTERS}
    found = {name: name for name in sorted({*names, "Filipino", "Tetum", "Hawaiian"})}
    for line in _NAMES.strip().splitlines():
        name, _, others = line.partition("|")
        found.update(dict.fromkeys([name, *listed(others, ";")], name))
    return found | {variety: variety for variety in _ABOVE}


def broader() -> dict[str, tuple[str, ...]]:
    """Map a variety to the language that it is a kind of."""
    return {variety: (language,) for variety, language in _ABOVE.items()}
