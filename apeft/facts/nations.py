"""Countries and nationality adjectives: the vocabulary that ties "American" to "United States".

A closed, hand-made list (present states, the parts of the United Kingdom, and the former states
that biographies name). A lexicon read from the knowledge base is laid over it, never instead.
"""

from __future__ import annotations

from typing import Final

# Country | adjective (the first is the value, others are synonyms) | other names of the country.
_TABLE: Final = """
Afghanistan|Afghan|
Albania|Albanian|
Algeria|Algerian|
Andorra|Andorran|
Angola|Angolan|
Argentina|Argentine;Argentinian;Argentinean|
Armenia|Armenian|
Australia|Australian;Aussie|
Austria|Austrian|
Azerbaijan|Azerbaijani|
Bahamas|Bahamian|The Bahamas
Bahrain|Bahraini|
Bangladesh|Bangladeshi|
Barbados|Barbadian|
Belarus|Belarusian;Belarussian|Byelorussia
Belgium|Belgian;Flemish|
Belize|Belizean|
Benin|Beninese|
Bhutan|Bhutanese|
Bolivia|Bolivian|
Bosnia and Herzegovina|Bosnian|Bosnia
Botswana|Botswanan;Motswana|
Brazil|Brazilian|
Brunei|Bruneian|
Bulgaria|Bulgarian|
Burkina Faso|Burkinabe|
Burundi|Burundian|
Cambodia|Cambodian|
Cameroon|Cameroonian|
Canada|Canadian|
Cape Verde|Cape Verdean|Cabo Verde
Central African Republic|Central African|
Chad|Chadian|
Chile|Chilean|
China|Chinese|People's Republic of China;PRC
Colombia|Colombian|
Comoros|Comorian|
Costa Rica|Costa Rican|
Croatia|Croatian;Croat|
Cuba|Cuban|
Cyprus|Cypriot|
Czech Republic|Czech|Czechia
Democratic Republic of the Congo|Congolese|DR Congo;Zaire;Congo-Kinshasa
Denmark|Danish;Dane|
Djibouti|Djiboutian|
Dominican Republic|Dominican|
Ecuador|Ecuadorian|
Egypt|Egyptian|
El Salvador|Salvadoran|
Equatorial Guinea|Equatorial Guinean|
Eritrea|Eritrean|
Estonia|Estonian|
Eswatini|Swazi|Swaziland
Ethiopia|Ethiopian|
Fiji|Fijian|
Finland|Finnish;Finn|
France|French;Frenchman;Frenchwoman|
Gabon|Gabonese|
Gambia|Gambian|The Gambia
Georgia|Georgian|
Germany|German|Federal Republic of Germany;West Germany;East Germany
Ghana|Ghanaian|
Greece|Greek|
Grenada|Grenadian|
Guatemala|Guatemalan|
Guinea|Guinean|
Guyana|Guyanese|
Haiti|Haitian|
Honduras|Honduran|
Hong Kong|Hong Kong|
Hungary|Hungarian|
Iceland|Icelandic;Icelander|
India|Indian|
Indonesia|Indonesian|
Iran|Iranian|
Iraq|Iraqi|
Ireland|Irish;Irishman;Irishwoman|Republic of Ireland
Israel|Israeli|
Italy|Italian|
Ivory Coast|Ivorian|Côte d'Ivoire
Jamaica|Jamaican|
Japan|Japanese|
Jordan|Jordanian|
Kazakhstan|Kazakh;Kazakhstani|
Kenya|Kenyan|
Kosovo|Kosovar|
Kuwait|Kuwaiti|
Kyrgyzstan|Kyrgyz;Kyrgyzstani|
Laos|Laotian;Lao|
Latvia|Latvian|
Lebanon|Lebanese|
Lesotho|Basotho|
Liberia|Liberian|
Libya|Libyan|
Liechtenstein|Liechtensteiner|
Lithuania|Lithuanian|
Luxembourg|Luxembourgish;Luxembourger|
Madagascar|Malagasy|
Malawi|Malawian|
Malaysia|Malaysian|
Maldives|Maldivian|
Mali|Malian|
Malta|Maltese|
Mauritania|Mauritanian|
Mauritius|Mauritian|
Mexico|Mexican|
Moldova|Moldovan|
Monaco|Monegasque;Monacan|
Mongolia|Mongolian;Mongol|
Montenegro|Montenegrin|
Morocco|Moroccan|
Mozambique|Mozambican|
Myanmar|Burmese|Burma
Namibia|Namibian|
Nepal|Nepalese;Nepali|
Netherlands|Dutch;Dutchman|The Netherlands;Holland
New Zealand|New Zealand;New Zealander|
Nicaragua|Nicaraguan|
Niger|Nigerien|
Nigeria|Nigerian|
North Korea|North Korean|
North Macedonia|Macedonian|Macedonia
Norway|Norwegian|
Oman|Omani|
Pakistan|Pakistani|
Palestine|Palestinian|
Panama|Panamanian|
Papua New Guinea|Papua New Guinean|
Paraguay|Paraguayan|
Peru|Peruvian|
Philippines|Filipino;Filipina;Philippine|The Philippines
Poland|Polish;Pole|
Portugal|Portuguese|
Puerto Rico|Puerto Rican|
Qatar|Qatari|
Republic of the Congo|Congolese|Congo;Congo-Brazzaville
Romania|Romanian;Rumanian|
Russia|Russian|Russian Federation;Russian Empire
Rwanda|Rwandan|
Saint Lucia|Saint Lucian|St. Lucia;St Lucia
Samoa|Samoan|
Saudi Arabia|Saudi;Saudi Arabian|
Senegal|Senegalese|
Serbia|Serbian;Serb|
Sierra Leone|Sierra Leonean|
Singapore|Singaporean|
Slovakia|Slovak;Slovakian|
Slovenia|Slovene;Slovenian|
Somalia|Somali;Somalian|
South Africa|South African|
South Korea|South Korean|Republic of Korea
South Sudan|South Sudanese|
Spain|Spanish;Spaniard|
Sri Lanka|Sri Lankan|Ceylon
Sudan|Sudanese|
Suriname|Surinamese|
Sweden|Swedish;Swede|
Switzerland|Swiss|
Syria|Syrian|
Taiwan|Taiwanese|
Tajikistan|Tajik|
Tanzania|Tanzanian|
Thailand|Thai|Siam
Togo|Togolese|
Tonga|Tongan|
Trinidad and Tobago|Trinidadian|Trinidad
Tunisia|Tunisian|
Turkey|Turkish;Turk|Türkiye;Turkiye
Turkmenistan|Turkmen|
Uganda|Ugandan|
Ukraine|Ukrainian|
United Arab Emirates|Emirati|UAE
United Kingdom|British;Briton;Brit|UK;U.K.;Great Britain;Britain
United States|American|United States of America;USA;US;U.S.;U.S.A.;America
Uruguay|Uruguayan|
Uzbekistan|Uzbek|
Vatican City|Vatican|Holy See
Venezuela|Venezuelan|
Vietnam|Vietnamese|Viet Nam
Yemen|Yemeni|
Zambia|Zambian|
Zimbabwe|Zimbabwean|Rhodesia
England|English;Englishman;Englishwoman|
Scotland|Scottish;Scot;Scots|
Wales|Welsh;Welshman|
Northern Ireland|Northern Irish|
Korea|Korean|
Soviet Union|Soviet|USSR;U.S.S.R.
Czechoslovakia|Czechoslovak;Czechoslovakian|
Yugoslavia|Yugoslav;Yugoslavian|
Austria-Hungary|Austro-Hungarian|Austro-Hungarian Empire
Prussia|Prussian|
Ottoman Empire|Ottoman|
Persia|Persian|
Roman Empire|Roman|Roman Republic;Ancient Rome
Byzantine Empire|Byzantine|
Republic of Venice|Venetian|
Tibet|Tibetan|
Catalonia|Catalan|
"""


def _rows() -> list[tuple[str, list[str], list[str]]]:
    rows = []
    for line in _TABLE.strip().splitlines():
        country, adjectives, names = line.split("|")
        rows.append((country, adjectives.split(";"), [n for n in names.split(";") if n]))
    return rows


def adjectives() -> dict[str, str]:
    """Map each way to write a nationality as an adjective or demonym to its canonical form."""
    return {form: forms[0] for _, forms, _ in _rows() for form in forms}


def nationality_of_country() -> dict[str, str]:
    """Map each name of a country to its nationality ("Holland" -> "Dutch")."""
    return {name: forms[0] for country, forms, names in _rows() for name in [country, *names]}


def countries() -> dict[str, str]:
    """Map each name of a country to its canonical name ("USA" -> "United States")."""
    return {name: country for country, _, names in _rows() for name in [country, *names]}


#: A person of the first nationality is also rightly called the second.
PART_OF: Final[dict[str, tuple[str, ...]]] = {
    "English": ("British",),
    "Scottish": ("British",),
    "Welsh": ("British",),
    "Northern Irish": ("British", "Irish"),
    "Prussian": ("German",),
    "Persian": ("Iranian",),
    "Iranian": ("Persian",),
    "North Korean": ("Korean",),
    "South Korean": ("Korean",),
    "Anglo-Irish": ("Irish", "British"),
    "Venetian": ("Italian",),
    "Catalan": ("Spanish",),
}

#: Neither right nor wrong for one another: states that succeeded, ruled or overlapped.
UNDECIDABLE: Final[tuple[frozenset[str], ...]] = (
    frozenset({"Soviet", "Russian"}),
    frozenset({"Soviet", "Ukrainian"}),
    frozenset({"Soviet", "Georgian"}),
    frozenset({"Soviet", "Armenian"}),
    frozenset({"Soviet", "Belarusian"}),
    frozenset({"Soviet", "Latvian"}),
    frozenset({"Soviet", "Lithuanian"}),
    frozenset({"Soviet", "Estonian"}),
    frozenset({"Soviet", "Azerbaijani"}),
    frozenset({"Soviet", "Uzbek"}),
    frozenset({"Soviet", "Kazakh"}),
    frozenset({"Czechoslovak", "Czech"}),
    frozenset({"Czechoslovak", "Slovak"}),
    frozenset({"Yugoslav", "Serbian"}),
    frozenset({"Yugoslav", "Croatian"}),
    frozenset({"Yugoslav", "Slovene"}),
    frozenset({"Yugoslav", "Bosnian"}),
    frozenset({"Yugoslav", "Macedonian"}),
    frozenset({"Yugoslav", "Montenegrin"}),
    frozenset({"Austro-Hungarian", "Austrian"}),
    frozenset({"Austro-Hungarian", "Hungarian"}),
    frozenset({"Ottoman", "Turkish"}),
    frozenset({"Byzantine", "Greek"}),
    frozenset({"Byzantine", "Roman"}),
    frozenset({"Venetian", "Italian"}),
    frozenset({"Prussian", "German"}),
    frozenset({"British", "English"}),
    frozenset({"British", "Scottish"}),
    frozenset({"British", "Welsh"}),
    frozenset({"Tibetan", "Chinese"}),
    frozenset({"Hong Kong", "Chinese"}),
    frozenset({"Taiwanese", "Chinese"}),
    frozenset({"Catalan", "Spanish"}),
    frozenset({"Korean", "South Korean"}),
    frozenset({"Korean", "North Korean"}),
)
