"""Professions: canonical names, surface forms, and which kind of profession each one is.

The head nouns of the descriptions that occur at least twice are all here or in
``NOT_PROFESSIONS`` (a test compares).
"""

from __future__ import annotations

KINDS = {
    "scientist": "physicist|chemist|biologist|astronomer|geologist|botanist|zoologist"
    "|biochemist|naturalist|physiologist|psychologist|anthropologist|sociologist|economist"
    "|linguist|paleontologist|oceanographer|crystallographer|microbiologist|geographer"
    "|computer scientist|political scientist|statistician|geneticist|bacteriologist"
    "|neuroscientist|archaeologist|epidemiologist|anatomist|ecologist|climatologist"
    "|geophysicist|ornithologist|criminologist|agronomist|ethnologist|ethnographer"
    "|meteorologist|pharmacologist|virologist|immunologist|pathologist|neurologist|entomologist"
    "|astrophysicist|cosmologist|mineralogist|pharmacist|primatologist|ethologist|metallurgist",
    "physicist": "theoretical physicist|nuclear physicist|experimental physicist|astrophysicist",
    "chemist": "biochemist|physical chemist|organic chemist|pharmacist",
    "biologist": "botanist|zoologist|microbiologist|geneticist|biochemist|ecologist|physiologist"
    "|molecular biologist|marine biologist|ethologist|cytogeneticist|evolutionary biologist",
    "mathematician": "logician|statistician|geometer|algebraist",
    "economist": "political economist",
    "astronomer": "cosmologist|astrophysicist",
    "writer": "poet|novelist|playwright|essayist|journalist|screenwriter|satirist|critic"
    "|diarist|humorist|lexicographer|biographer|science fiction writer|short story writer"
    "|short-story writer|editor|tragedian|librettist|pamphleteer|historian|memoirist"
    "|children's writer|travel writer|fabulist|chronicler|columnist|lyricist|literary critic",
    "critic": "literary critic|art critic|music critic|film critic",
    "journalist": "broadcast journalist|investigative journalist|columnist",
    "historian": "art historian|historiographer|chronicler",
    "poet": "lyric poet|trouvère|troubadour|hymnographer",
    "playwright": "tragedian|librettist",
    "musician": "singer|pianist|guitarist|violinist|cellist|saxophonist|trumpeter|organist"
    "|drummer|conductor|songwriter|singer-songwriter|rapper|bandleader|composer|tenor|soprano"
    "|baritone|bassist|multi-instrumentalist|arranger|keyboardist|lutenist|clarinetist"
    "|harpsichordist|flautist|jazz musician|blues musician|rock musician|violist|flutist",
    "singer": "tenor|soprano|baritone|singer-songwriter|rapper|opera singer|jazz singer|vocalist"
    "|contralto|mezzo-soprano|countertenor|crooner",
    "songwriter": "singer-songwriter|lyricist",
    "composer": "songwriter|film composer",
    "artist": "painter|sculptor|illustrator|printmaker|photographer|engraver|cartoonist"
    "|draughtsman|muralist|ceramicist|calligrapher|animator|visual artist|etcher"
    "|performance artist|potter",
    "visual artist": "painter|sculptor|printmaker|photographer|illustrator|engraver|draughtsman",
    "painter": "muralist|portrait painter|landscape painter|portraitist",
    "engraver": "etcher",
    "performer": "actor|dancer|singer|comedian|entertainer|musician|escapologist|puppeteer",
    "entertainer": "comedian|illusionist|escapologist|stuntman|puppeteer|broadcaster",
    "dancer": "choreographer|ballet dancer|ballerina",
    "filmmaker": "animator|film producer",
    "producer": "film producer|record producer|television producer|theatre producer",
    "director": "filmmaker|theatre director|stage director",
    "politician": "president|prime minister|chancellor|senator|statesman|diplomat|governor"
    "|minister|premier|stateswoman|secretary-general|legislator|governor-general|mayor"
    "|dictator|secretary general|congressman|member of parliament",
    "statesman": "president|prime minister|chancellor|premier",
    "monarch": "king|queen|emperor|empress|sultan|shah|tsar|pharaoh|caliph|khan|emir|shahanshah"
    "|regent|tsarina|maharaja|chhatrapati|tlatoani|doge",
    "ruler": "monarch|king|queen|emperor|empress|sultan|shah|tsar|pharaoh|caliph|khan|emir"
    "|dictator|duke|prince|warlord|chieftain|regent|viceroy|knyaz|daimyo|khedive|grand prince"
    "|grand duke|shogun",
    "nobleman": "duke|prince|daimyo|grand duke|grand prince|count|baron|marquis|princess",
    "soldier": "general|admiral|military officer|field marshal|military commander|samurai"
    "|naval officer|marshal|army officer|navy officer|commander|military leader|knight"
    "|army general|air force officer|swordsman|officer",
    "military officer": "general|admiral|field marshal|naval officer|marshal|army officer"
    "|navy officer|army general|air force officer|officer|colonel",
    "military commander": "general|admiral|field marshal|military leader|marshal|commander",
    "military leader": "general|admiral|military commander|warlord|commander",
    "general": "field marshal|army general",
    "sailor": "navigator|admiral|seafarer|corsair|pirate|privateer|naval officer",
    "explorer": "conquistador|navigator|seafarer|polar explorer|mountaineer",
    "pirate": "corsair|privateer",
    "activist": "civil rights activist|human rights activist|abolitionist|suffragist"
    "|suffragette|anti-apartheid activist|independence activist|social activist"
    "|environmentalist|political activist|women's rights activist|feminist|conservationist"
    "|peace activist|pacifist|social reformer|rights activist|anti-war activist",
    "reformer": "social reformer|religious reformer",
    "clergyman": "priest|bishop|archbishop|cardinal|pope|minister|preacher|deacon|pastor"
    "|patriarch|missionary|presbyter|rabbi|imam|cleric|friar|abbot|evangelist|catholic priest",
    "priest": "bishop|archbishop|pope|cardinal|catholic priest|high priest",
    "bishop": "archbishop|pope|patriarch",
    "religious leader": "clergyman|priest|bishop|archbishop|pope|prophet|imam|rabbi|guru|saint"
    "|apostle|monk|patriarch|spiritual leader|dalai lama|lama|sage|preacher",
    "spiritual leader": "guru|yogi|mystic|sage|lama|spiritual teacher",
    "monk": "friar|abbot|buddhist monk",
    "nun": "abbess",
    "scholar": "historian|philosopher|theologian|linguist|philologist|academic|jurist"
    "|grammarian|polymath|lexicographer|rhetorician|humanist|islamic scholar|hadith scholar"
    "|classicist|orientalist|sinologist|translator",
    "academic": "professor|university educator",
    "philosopher": "political philosopher|social philosopher|philosopher of science|logician"
    "|ethicist|natural philosopher",
    "theorist": "political theorist|military theorist|music theorist|social theorist"
    "|cultural theorist|semiotician|literary theorist|media theorist",
    "jurist": "judge|lawyer|legal scholar|barrister",
    "lawyer": "barrister|attorney",
    "physician": "surgeon|psychiatrist|neurologist|pathologist|ophthalmologist",
    "psychologist": "psychoanalyst|psychotherapist",
    "psychotherapist": "psychoanalyst",
    "engineer": "civil engineer|electrical engineer|aerospace engineer|mechanical engineer"
    "|military engineer|software engineer|rocket engineer|chemical engineer",
    "designer": "fashion designer|industrial designer|graphic designer|game designer"
    "|interior designer|video game designer",
    "businessman": "entrepreneur|industrialist|magnate|merchant|banker|investor|financier"
    "|publisher|business magnate|manufacturer|tycoon|newspaper publisher|business executive",
    "entrepreneur": "industrialist",
    "industrialist": "magnate|business magnate|tycoon",
    "banker": "financier",
    "athlete": "sprinter|swimmer|footballer|basketball player|tennis player|baseball player"
    "|ice hockey player|american football player|boxer|cricketer|golfer|gymnast|figure skater"
    "|runner|cyclist|wrestler|judoka|racing driver|skier|mountaineer|martial artist"
    "|track and field athlete|long-distance runner|middle-distance runner|rugby player"
    "|chess grandmaster|skater|field athlete|bodybuilder|volleyball player|speed skater",
    "racing driver": "formula one driver|motorcycle racer",
    "martial artist": "judoka",
    "runner": "sprinter|long-distance runner|middle-distance runner",
    "track and field athlete": "sprinter|runner|field athlete|long-distance runner",
    "chess player": "chess grandmaster",
    "criminal": "gangster|serial killer|pirate|drug lord",
    "teacher": "educator|professor|spiritual teacher|guru",
    "aviator": "astronaut|pilot",
    "astronaut": "cosmonaut",
    "revolutionary": "rebel leader|guerrilla leader",
    "political leader": "president|prime minister|chancellor|dictator|premier",
}
"""Kind -> its narrower professions (hypernym -> hyponyms)."""

SURFACES = {
    "writer": "author|man of letters|litterateur|literatus|authoress|epic writer",
    "actor": "actress|film actor|stage actor|film actress|movie star",
    "playwright": "dramatist|comic playwright",
    "filmmaker": "film director|movie director|film-maker",
    "businessman": "businesswoman|businessperson",
    "physician": "doctor|medical doctor",
    "footballer": "association football player|soccer player|football player"
    "|professional footballer",
    "basketball player": "professional basketball player",
    "ice hockey player": "hockey player",
    "racing driver": "race car driver|racecar driver",
    "king": "king of kings",
    "naturalist": "natural historian",
    "tsar": "czar",
    "emperor": "holy roman emperor",
    "chess grandmaster": "grandmaster",
    "academic": "professor|university educator",
    "teacher": "educator|schoolteacher",
    "paleontologist": "palaeontologist",
    "archaeologist": "archeologist",
    "theatre director": "theater director",
    "cartoonist": "comics artist|comic book artist",
    "trumpeter": "jazz trumpeter|trumpet player",
    "saxophonist": "jazz saxophonist",
    "pianist": "jazz pianist",
    "guitarist": "rock guitarist",
    "golfer": "professional golfer",
    "tennis player": "professional tennis player",
    "boxer": "professional boxer",
    "social reformer": "reformist",
    "military commander": "military strategist",
    "translator": "interpreter",
    "track and field athlete": "field athlete",
    "politician": "political figure|head of state",
    "stateswoman": "states-woman",
    "revolutionary": "revolutionist|revolutionary leader",
    "conductor": "orchestra conductor",
    "dancer": "ballet dancer|ballerina",
}
"""Canonical profession -> further surface forms."""

OTHERS = (
    "architect|inventor|cartographer|philanthropist|alchemist|astrologer|anarchist|mystic"
    "|occultist|adventurer|librarian|spy|model|nurse|programmer|coach|manager|strategist"
    "|socialite|conqueror|orator|merchant|disciple|martyr|official|administrator|traveller"
    "|computer programmer|apologist|communist|socialist|nationalist|publisher|broadcaster"
    "|television host|collector|art collector|gladiator|vizier|talmudist|kabbalist|apothecary"
    "|queen regnant|noble|luthier|seer|eugenicist|watchmaker|horticulturist|agriculturalist"
    "|union leader|courtier|bureaucrat|impresario|instrument maker|fashion model|communicator"
)

_NOT = (
    "leader|founder|head|laureate|wife|father|group|pioneer|family|adviser|commentator|creator"
    "|brothers|duo|team|band|inventors|military|track|religious|bc|master|russian|german"
    "|american|hungarian|austrian|british|player|sant"
)
NOT_PROFESSIONS = frozenset(_NOT.split("|"))
"""Head nouns that occur at least twice in descriptions but state no profession by themselves."""


def surfaces() -> dict[str, str]:
    """Every surface form (lower case) -> its canonical profession."""
    table = {name: name for name in KINDS}
    for text in (*KINDS.values(), OTHERS):
        table.update({name: name for name in text.split("|")})
    for name, text in SURFACES.items():
        table.setdefault(name, name)
        table.update(dict.fromkeys(text.split("|"), name))
    return dict(sorted(table.items()))


def parents() -> dict[str, list[str]]:
    """Each profession -> all its wider kinds, direct and indirect, sorted."""
    canonical = surfaces()
    direct: dict[str, set[str]] = {}
    for kind, text in KINDS.items():
        for name in text.split("|"):
            if canonical[name] != kind:
                direct.setdefault(canonical[name], set()).add(kind)
    closed = {}
    for name in sorted(direct):
        seen: set[str] = set()
        waiting = sorted(direct[name])
        while waiting:
            kind = waiting.pop()
            if kind not in seen and kind != name:
                seen.add(kind)
                waiting.extend(sorted(direct.get(kind, ())))
        closed[name] = sorted(seen)
    return closed
