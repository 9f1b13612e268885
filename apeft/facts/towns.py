"""One town under several names: other spellings, other languages, and names of other times."""

from __future__ import annotations

from typing import Final

# A town, as its name is folded | its other names.
_TABLE: Final = """
kyiv|kiev
naypyidaw|nay pyi taw;naypyitaw
astana|nur sultan;nursultan
beijing|peking;beiping
mumbai|bombay
kolkata|calcutta
chennai|madras
yangon|rangoon
saint petersburg|leningrad;petrograd;sankt peterburg
istanbul|constantinople
ho chi minh|saigon
tokyo|edo;tokio
gdansk|danzig
wroclaw|breslau
kaliningrad|konigsberg
bratislava|pressburg
oslo|christiania;kristiania
lviv|lemberg;lvov
izmir|smyrna
ulaanbaatar|ulan bator;ulanbator
taipei|taibei
pyongyang|p yongyang
hanoi|ha noi
thimphu|thimbu
dhaka|dacca
kathmandu|katmandu
tehran|teheran
riyadh|riad;ar riyad
mogadishu|muqdisho;mogadiscio
algiers|alger
tripoli|tarabulus
sanaa|sana;sana a
nukualofa|nuku alofa
ndjamena|n djamena;fort lamy
nouakchott|nouakchot
antananarivo|tananarive
asmara|asmera
addis ababa|addis abeba
bern|berne
vienna|wien
prague|praha;prag
rome|roma
lisbon|lisboa
warsaw|warszawa;warschau
moscow|moskva
copenhagen|kobenhavn
brussels|bruxelles;brussel
belgrade|beograd
bucharest|bucuresti
athens|athina;athinai
nicosia|lefkosia;lefkosa
chisinau|kishinev
tbilisi|tiflis
yerevan|erevan;jerevan
ashgabat|ashkhabad;asgabat
bishkek|frunze;pishpek
tashkent|toshkent
havana|la habana;habana
damascus|dimashq
cairo|al qahirah;el qahira
muscat|masqat
kuwait|al kuwait
doha|ad dawhah
manama|al manama
bangkok|krung thep
jakarta|djakarta;batavia
valletta|valetta
luxembourg|luxemburg;letzebuerg
geneva|geneve;genf
munich|munchen
cologne|koln
florence|firenze
venice|venezia
naples|napoli
milan|milano
turin|torino
hague|den haag
porto novo|portonovo
kabul|kabol
maputo|lourenco marques
sri jayawardenepura kotte|kotte;sri jayewardenepura kotte;sri jayewardenepura;\
sri jayawardenepura;sri jayawardenapura kotte
mexico|ciudad de mexico
south tarawa|tarawa
city of san marino|san marino
yaounde|yaunde
bandar seri begawan|brunei town
kinshasa|leopoldville
harare|salisbury
banjul|bathurst
malabo|santa isabel
dushanbe|stalinabad
"""

TOWNS: Final = {
    other: town
    for town, others in (line.split("|") for line in _TABLE.strip().splitlines())
    for other in others.split(";")
}
"""Other name -> the name by which towns compare, both folded."""
