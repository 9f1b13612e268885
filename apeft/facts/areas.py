"""Parts of the world as nationalities ("Scandinavian"), and which nationalities each holds.

A vague answer is undecided where its part of the world holds the right nationality, and wrong where
it does not. Membership is generous: what some would count is in.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from apeft.facts.terms import Mention, Terms, listed

# Area | ways to write it | the nationalities and the areas that it holds.
_TABLE: Final = """
Scandinavia|Scandinavian;Scandinavia;Norse;Viking|Danish,Norwegian,Swedish,Norse,Icelandic,Finnish
Nordic|Nordic;the Nordic countries|Scandinavia
Baltic|Baltic;the Baltics|Estonian,Latvian,Lithuanian
Britain|British Isles;Celtic|British,English,Scottish,Welsh,Northern Irish,Irish,Anglo-Irish
Iberia|Iberian;Iberia|Spanish,Portuguese,Catalan,Basque,Castilian,Andalusian,Andorran
Benelux|Low Countries;Benelux|Dutch,Belgian,Flemish,Walloon,Luxembourgish
German lands|Germanic;German-speaking;Central European;Central Europe|German,Austrian,Swiss,\
Prussian,Bavarian,Saxon,Hanoverian,Liechtensteiner,Liechtenstein,Benelux,Nordic,Frankish,Bohemian,\
Moravian,Czech,Czechoslovak,Slovak,Hungarian,Austro-Hungarian,Polish,Slovene,English,Luxembourgish
Slavs|Slavic;Slav;Slavonic|Russian,Ukrainian,Belarusian,Polish,Czech,Slovak,Czechoslovak,Bohemian,\
Moravian,Serbian,Croatian,Bosnian,Slovene,Macedonian,Montenegrin,Bulgarian,Yugoslav,Soviet
Balkans|Balkan;Balkans|Serbian,Croatian,Bosnian,Slovene,Macedonian,Montenegrin,Bulgarian,Yugoslav,\
Albanian,Greek,Romanian,Turkish,Kosovar,Byzantine,Ottoman
Caucasus|Caucasus|Georgian,Armenian,Azerbaijani,Russian,Soviet
Italy|Italic|Italian,Venetian,Florentine,Genoese,Sicilian,Milanese,Neapolitan,Roman,Sammarinese,\
Vatican,Vaticanian
Greece|Hellenic|Greek,Athenian,Spartan,Macedonian,Byzantine,Cypriot
Eastern Europe|Eastern European;East European;Eastern Europe|Slavs,Balkans,Caucasus,Baltic,\
Hungarian,Moldovan,Austro-Hungarian
Western Europe|Western European;West European;Western Europe|Britain,Iberia,Benelux,French,German,\
Austrian,Swiss,Monégasque,Monegasque,Frankish,Italy,Prussian,Bavarian,Saxon,Hanoverian,Nordic
Southern Europe|Southern European;Southern Europe|Italy,Greece,Iberia,Balkans,Maltese,French,\
Cypriot,Monegasque,Monégasque
Northern Europe|Northern European;Northern Europe|Nordic,Baltic,Britain,German,Benelux
Europe|European;Europe;from Europe|German lands,Slavs,Balkans,Caucasus,Italy,Greece,\
Eastern Europe,Western Europe,Southern Europe,Northern Europe,Kazakh
Mediterranean|Mediterranean|Southern Europe,North Africa,Levant,Turkish,Ottoman,Carthaginian
Levant|Levantine;Levant|Syrian,Lebanese,Jordanian,Israeli,Palestinian,Cypriot,Assyrian
Arabs|Arab;Arabic;Arabian;Middle-Eastern Arab|Saudi,Emirati,Qatari,Kuwaiti,Bahraini,Omani,Yemeni,\
Iraqi,Syrian,Lebanese,Jordanian,Palestinian,Egyptian,Libyan,Tunisian,Algerian,Moroccan,Sudanese,\
Mauritanian,Somali,Djiboutian,Comorian
West Asia|West Asian;Western Asia|Levant,Saudi,Emirati,Qatari,Kuwaiti,Bahraini,Omani,Yemeni,Iraqi,\
Iranian,Persian,Turkish,Ottoman,Afghan,Babylonian,Sumerian,Armenian,Georgian,Azerbaijani,Byzantine
Middle East|Middle Eastern;Mideastern;Near Eastern;Middle East;Near East|Arabs,West Asia
Central Asia|Central Asian;Central Asia;Turkic|Kazakh,Kyrgyz,Tajik,Turkmen,Uzbek,Afghan,Mongolian,\
Turkish,Azerbaijani,Ottoman,Soviet
South Asia|South Asian;Southern Asian;Southern Asia;South Asia;Indian subcontinent;Desi|Indian,\
Pakistani,Bangladeshi,Sri Lankan,Nepalese,Bhutanese,Maldivian,Maldivan,Afghan
East Asia|East Asian;Eastern Asian;Eastern Asia;East Asia|Chinese,Japanese,Korean,North Korean,\
South Korean,Mongolian,Taiwanese,Hong Kong,Tibetan
Southeast Asia|Southeast Asian;South-eastern Asia;Southeastern Asia;South-East Asian;\
South East Asian;Southeast Asia|Vietnamese,Thai,Filipino,Indonesian,Malaysian,Singaporean,Burmese,\
Cambodian,Laotian,Bruneian,Timorese,East Timorese
Asia|Asian;Asia;Oriental;from Asia|West Asia,Central Asia,South Asia,East Asia,Southeast Asia,\
Russian,Soviet
Eurasia|Eurasian;Eurasia|Europe,Asia
North Africa|North African;Northern African;Northern Africa;North Africa;Maghrebi|Egyptian,Libyan,\
Tunisian,Algerian,Moroccan,Sudanese,Mauritanian,Carthaginian,Berber
West Africa|West African;West Africa;Western Africa|Nigerian,Ghanaian,Senegalese,Malian,Ivorian,\
Liberian,Sierra Leonean,Guinean,Bissau-Guinean,Guinea-Bissauan,Gambian,Togolese,Beninese,\
Burkinabe,Burkinabé,Nigerien,Cape Verdean,Mauritanian
East Africa|East African;East Africa;Eastern Africa|Kenyan,Ugandan,Tanzanian,Ethiopian,Eritrean,\
Somali,Rwandan,Burundian,Djiboutian,South Sudanese,Sudanese,Malagasy,Malawian,Mozambican,Zambian,\
Zimbabwean,Mauritian,Seychellois,Comorian
Southern Africa|Southern African;Southern Africa|South African,Namibian,Botswanan,Motswana,\
Zimbabwean,Zambian,Mozambican,Basotho,Swazi,Angolan,Malawian,Malagasy
Middle Africa|Central African region;Middle Africa;Central Africa;Equatorial African|Congolese,\
Cameroonian,Gabonese,Chadian,Central African,Equatorial Guinean,Angolan,Rwandan,Burundian,\
São Toméan,Sao Tomean
Africa south of the Sahara|Sub-Saharan African;Sub-Saharan Africa;Black African|West Africa,\
East Africa,Southern Africa,Middle Africa
Africa|African;Africa;from Africa|North Africa,Africa south of the Sahara
Caribbean|Caribbean;West Indian;West Indies;Antillean|Cuban,Jamaican,Haitian,Dominican,\
Puerto Rican,Trinidadian,Barbadian,Bahamian,Grenadian,Saint Lucian,Antiguan,Guyanese,Kittitian,\
Kittian and Nevisian,Vincentian,Saint Vincentian,Belizean,Surinamese
Central America|Central American;Central America|Guatemalan,Honduran,Salvadoran,Nicaraguan,\
Costa Rican,Panamanian,Belizean,Mexican,Aztec
South America|South American;South America;Andean|Argentine,Bolivian,Brazilian,Chilean,Colombian,\
Ecuadorian,Guyanese,Paraguayan,Peruvian,Surinamese,Uruguayan,Venezuelan,Inca
Latin America|Latin American;Latin America;Latino;Latina;Latin|South America,Central America,\
Caribbean
Spanish-speaking|Hispanic;Spanish-speaking|Latin America,Spanish,Equatorial Guinean,American
North America|North American;North America|American,Canadian,Central America,Caribbean
Americas|the Americas;Pan-American|North America,South America
Polynesia|Polynesian;Polynesia|Samoan,Tongan,Tuvaluan,New Zealand
Oceania|Oceanian;Oceanic;Oceania;Australasian;Pacific Islander;South Pacific;Melanesian;\
Micronesian|Polynesia,Australian,New Zealand,Fijian,Papua New Guinean,Palauan,Nauruan,I-Kiribati,\
Ni-Vanuatu,Solomon Islander,Marshallese,Micronesian
Anglosphere|Anglo-Saxon;English-speaking|Britain,American,Canadian,Australian,New Zealand
The West|Western;Westerner;Caucasian|Europe,North America,Oceania
"""


def _rows() -> dict[str, tuple[list[str], list[str]]]:
    rows = {}
    for line in _TABLE.strip().splitlines():
        area, forms, members = line.split("|")
        rows[area] = (listed(forms, ";"), listed(members))
    return rows


@cache
def _terms() -> Terms:
    return Terms({form: area for area, (forms, _) in _rows().items() for form in forms})


@cache
def nationalities(area: str) -> frozenset[str]:
    """Return every nationality that an area holds, at any depth."""
    rows = _rows()
    held: set[str] = set()
    for member in rows[area][1]:
        held |= nationalities(member) if member in rows else {member}
    return frozenset(held)


KNOWN: Final = frozenset(name for area in _rows() for name in nationalities(area))
"""Nationalities of which it is known where they belong."""


def named(text: str) -> list[Mention]:
    """Return the areas that ``text`` names, in order."""
    return _terms().find(text)
