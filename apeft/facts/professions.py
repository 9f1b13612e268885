"""Professions: known terms, spellings that mean the same, and what each is a kind of.

Closed and hand-made, grown from the descriptions of Wikipedia's vital people. A term that is not
here (and not in the knowledge base) is not extracted: no verdict is better than a guess.
"""

from __future__ import annotations

from typing import Final

from apeft.facts.terms import listed

# broader: its kinds. A kind may stand under several broader terms.
_KINDS: Final = """
writer: novelist, poet, playwright, dramatist, essayist, screenwriter, journalist, satirist, \
short story writer, biographer, lyricist, fabulist, memoirist, diarist, columnist, \
children's writer, science fiction writer, travel writer, blogger, lexicographer, librettist
scientist: physicist, chemist, biologist, astronomer, astrophysicist, geologist, botanist, \
zoologist, biochemist, microbiologist, physiologist, geneticist, naturalist, \
computer scientist, neuroscientist, paleontologist, meteorologist, ecologist, \
oceanographer, anthropologist, sociologist, psychologist, economist, entomologist, \
ornithologist, archaeologist, linguist, political scientist, social scientist, geographer, \
crystallographer, pharmacologist, bacteriologist, immunologist, virologist, primatologist, \
marine biologist, rocket scientist, cosmologist, mathematician, statistician, agronomist
physicist: theoretical physicist, nuclear physicist, experimental physicist, astrophysicist, \
mathematical physicist, particle physicist
chemist: biochemist, physical chemist, organic chemist, nuclear chemist
biologist: microbiologist, botanist, zoologist, marine biologist, evolutionary biologist, \
molecular biologist, geneticist, ecologist, entomologist, ornithologist, physiologist, \
bacteriologist, immunologist, virologist, primatologist, paleontologist
astronomer: astrophysicist, cosmologist
mathematician: geometer, statistician, logician
physician: surgeon, psychiatrist, neurologist, pathologist, pediatrician, anatomist, cardiologist
psychologist: psychoanalyst, psychotherapist
artist: painter, sculptor, printmaker, illustrator, photographer, engraver, muralist, \
cartoonist, graphic artist, visual artist, performance artist, comic book artist, animator, \
caricaturist, ceramist, calligrapher, draughtsman, lithographer, portraitist
painter: portrait painter, landscape painter, muralist, portraitist
musician: composer, singer, pianist, violinist, guitarist, conductor, cellist, organist, \
saxophonist, trumpeter, drummer, rapper, songwriter, singer-songwriter, flautist, bassist, \
bandleader, multi-instrumentalist, harpsichordist, sitarist, opera singer, jazz musician, \
rock musician, virtuoso, clarinetist, percussionist
singer: opera singer, soprano, tenor, singer-songwriter, folk singer, baritone, jazz singer, \
pop singer, country singer, contralto, vocalist, blues singer, crooner
songwriter: singer-songwriter, lyricist
performer: actor, singer, dancer, comedian, magician, musician, mime, acrobat, stand-up comedian
actor: film actor, stage actor, voice actor, television actor, character actor
dancer: ballet dancer, ballerina
filmmaker: film director, film producer, documentary filmmaker, screenwriter, cinematographer
director: film director, theatre director, television director
producer: film producer, record producer, television producer
athlete: footballer, tennis player, basketball player, baseball player, boxer, swimmer, golfer, \
cricketer, gymnast, sprinter, runner, cyclist, skier, figure skater, ice hockey player, \
track and field athlete, wrestler, racing driver, rugby player, american football player, \
volleyball player, long-distance runner, middle-distance runner, martial artist, jockey, skater, \
artistic gymnast, professional wrestler, decathlete, hurdler, rower, surfer, snowboarder, \
softball player, quarterback, high jumper, figure skater
footballer: goalkeeper, midfielder
runner: long-distance runner, middle-distance runner, sprinter
chess player: chess grandmaster
politician: president, prime minister, senator, statesman, diplomat, chancellor, governor, mayor, \
congressman, member of parliament, head of state, stateswoman, communist politician, \
congresswoman, minister, vice president, first lady, communist leader, political leader
leader: president, prime minister, king, queen, emperor, empress, military leader, \
political leader, religious leader, spiritual leader, statesman, general, pope, dictator, \
communist leader, civil rights leader, revolutionary leader, warlord, chieftain, labor leader
monarch: king, queen, emperor, empress, pharaoh, sultan, tsar, caliph, shah
ruler: monarch, king, queen, emperor, empress, pharaoh, sultan, tsar, caliph, shah, khan, dictator
nobleman: prince, princess, duke, baron, count
soldier: general, admiral, military officer, military leader, field marshal, marshal, \
military commander, commander, army officer, naval officer, colonel, captain, strategist
military leader: general, admiral, field marshal, marshal, military commander
military officer: general, admiral, army officer, naval officer, field marshal, colonel
cleric: priest, bishop, monk, nun, friar, rabbi, imam, pope, minister, preacher, pastor, \
clergyman, archbishop, cardinal, missionary, saint, evangelist
religious leader: pope, priest, bishop, archbishop, cardinal, rabbi, imam, prophet, guru, \
preacher, dalai lama
businessman: industrialist, banker, merchant, media magnate, investor, publisher, oil magnate, \
financier, media proprietor
engineer: civil engineer, mechanical engineer, electrical engineer, aerospace engineer, \
software engineer, chemical engineer, computer engineer, aeronautical engineer, rocket engineer, \
military engineer, nuclear engineer
explorer: navigator, conquistador, polar explorer
aviator: astronaut, cosmonaut, test pilot, pilot
designer: fashion designer, graphic designer, industrial designer, costume designer, game designer
activist: civil rights activist, human rights activist, abolitionist, suffragist, suffragette, \
political activist, peace activist, environmentalist, feminist, social activist, \
women's rights activist, independence activist, social reformer, anti-apartheid activist, \
gay rights activist, freedom fighter, civil rights leader, labor leader, reformer, revolutionary
scholar: historian, philosopher, theologian, linguist, philologist, art historian, sociologist, \
anthropologist, political scientist, economist, jurist, orientalist, polymath, mythologist
philosopher: political philosopher, political theorist, moral philosopher, logician, ethicist
theorist: political theorist, theoretical physicist, economist, music theorist, art theorist, \
military theorist
critic: literary critic, art critic, film critic, music critic
historian: art historian
computer scientist: computer programmer
programmer: computer programmer
lawyer: judge, attorney, barrister, solicitor
jurist: judge, lawyer
entertainer: actor, singer, dancer, comedian, magician, musician, television personality, \
television presenter, talk show host, stand-up comedian, rapper
inventor:
architect: landscape architect
chef:
teacher: schoolteacher, music teacher
nurse:
librarian:
model: fashion model
choreographer:
spy:
outlaw: bandit, gangster, pirate
criminal: gangster, serial killer, bandit, pirate, outlaw, bank robber
mountaineer:
humanitarian:
philanthropist:
mystic: yogi, saint
economist:
editor:
translator:
polymath:
entrepreneur:
professor:
academic:
educator:
broadcaster: television presenter, radio host, news anchor
farmer:
farm worker:
secretary:
detective:
sailor:
"""

#: Other ways to write a profession (also feminine forms) and the term that they mean.
SYNONYMS: Final[dict[str, str]] = {
    "actress": "actor",
    "movie actor": "film actor",
    "film actress": "film actor",
    "stage actress": "stage actor",
    "author": "writer",
    "authoress": "writer",
    "man of letters": "writer",
    "poetess": "poet",
    "dramatist": "playwright",
    "sculptress": "sculptor",
    "movie director": "film director",
    "film maker": "filmmaker",
    "movie producer": "film producer",
    "director of films": "film director",
    "theater director": "theatre director",
    "soccer player": "footballer",
    "football player": "footballer",
    "association footballer": "footballer",
    "soccer footballer": "footballer",
    "basketballer": "basketball player",
    "hockey player": "ice hockey player",
    "race car driver": "racing driver",
    "racecar driver": "racing driver",
    "formula one driver": "racing driver",
    "race driver": "racing driver",
    "doctor": "physician",
    "medical doctor": "physician",
    "attorney": "lawyer",
    "barrister": "lawyer",
    "businesswoman": "businessman",
    "businessperson": "businessman",
    "business magnate": "businessman",
    "business executive": "businessman",
    "magnate": "businessman",
    "tycoon": "businessman",
    "stateswoman": "statesman",
    "singer songwriter": "singer-songwriter",
    "song writer": "songwriter",
    "comic": "comedian",
    "comedienne": "comedian",
    "screen writer": "screenwriter",
    "scriptwriter": "screenwriter",
    "palaeontologist": "paleontologist",
    "archeologist": "archaeologist",
    "ballerina": "ballet dancer",
    "orchestra conductor": "conductor",
    "vocalist": "singer",
    "songstress": "singer",
    "chess grandmaster": "chess player",
    "chess champion": "chess player",
    "aeronaut": "aviator",
    "airman": "aviator",
    "aviatrix": "aviator",
    "military general": "general",
    "army general": "general",
    "physical scientist": "scientist",
    "suffragette": "suffragist",
    "women's suffrage activist": "suffragist",
    "human rights advocate": "human rights activist",
    "priestess": "priest",
    "clergywoman": "clergyman",
    "noblewoman": "nobleman",
    "aristocrat": "nobleman",
    "sovereign": "monarch",
    "czar": "tsar",
    "computer programmer": "programmer",
    "pugilist": "boxer",
    "prizefighter": "boxer",
    "golf player": "golfer",
    "cricket player": "cricketer",
    "sportsman": "athlete",
    "sportswoman": "athlete",
    "sportsperson": "athlete",
    "university professor": "professor",
    "college professor": "professor",
    "lecturer": "professor",
}

#: Held beside many professions, so a knowledge base without them cannot contradict them.
BESIDE: Final[frozenset[str]] = frozenset(
    listed(
        "professor,academic,teacher,educator,scholar,activist,philanthropist,humanitarian,leader,"
        "intellectual,entrepreneur,editor,translator,critic,pioneer,theorist"
    )
)


#: Broad words that may also mean any of these, so neither right nor wrong for them.
VAGUE: Final[dict[str, frozenset[str]]] = {
    "artist": frozenset(
        {"musician", "performer", "actor", "filmmaker", "writer", "composer", "singer", "dancer"}
    ),
    "entertainer": frozenset({"performer", "filmmaker", "athlete"}),
}


def terms() -> dict[str, str]:
    """Map every known way to write a profession to its canonical term."""
    known: dict[str, str] = {}
    for broad, kinds in _table().items():
        for term in (broad, *kinds):
            known[term] = SYNONYMS.get(term, term)
    known.update(SYNONYMS)
    return known


def broader() -> dict[str, tuple[str, ...]]:
    """Map a canonical profession to those that it is directly a kind of."""
    above: dict[str, set[str]] = {}
    for broad, kinds in _table().items():
        for kind in kinds:
            canonical, over = SYNONYMS.get(kind, kind), SYNONYMS.get(broad, broad)
            if canonical != over:
                above.setdefault(canonical, set()).add(over)
    return {kind: tuple(sorted(over)) for kind, over in sorted(above.items())}


def _table() -> dict[str, list[str]]:
    rows = {}
    for line in _KINDS.strip().splitlines():
        broad, _, kinds = line.partition(":")
        rows[broad] = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    return rows
