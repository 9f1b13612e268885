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
short story writer, biographer, lyricist, fabulist, memoirist, diarist, columnist, children's \
writer, science fiction writer, travel writer, blogger, lexicographer, librettist
scientist: physicist, chemist, biologist, astronomer, astrophysicist, geologist, botanist, \
zoologist, biochemist, microbiologist, physiologist, geneticist, naturalist, computer scientist, \
neuroscientist, paleontologist, meteorologist, ecologist, oceanographer, epidemiologist, \
seismologist, volcanologist, glaciologist, hydrologist, mycologist, toxicologist, mineralogist, \
climatologist, geophysicist, materials scientist, sexologist, criminologist, herpetologist, \
ichthyologist, ethologist, anthropologist, sociologist, psychologist, economist, entomologist, \
ornithologist, archaeologist, linguist, political scientist, social scientist, geographer, \
crystallographer, pharmacologist, bacteriologist, immunologist, virologist, primatologist, marine \
biologist, rocket scientist, cosmologist, mathematician, statistician, agronomist
physicist: theoretical physicist, nuclear physicist, experimental physicist, astrophysicist, \
mathematical physicist, particle physicist
chemist: biochemist, physical chemist, organic chemist, nuclear chemist
biologist: microbiologist, botanist, zoologist, marine biologist, evolutionary biologist, \
molecular biologist, geneticist, ecologist, entomologist, ornithologist, physiologist, \
bacteriologist, immunologist, virologist, primatologist, paleontologist
astronomer: astrophysicist, cosmologist
mathematician: geometer, statistician, logician
physician: ophthalmologist, oncologist, gynecologist, dermatologist, radiologist, epidemiologist, \
general practitioner, surgeon, psychiatrist, neurologist, pathologist, pediatrician, anatomist, \
cardiologist
psychologist: psychoanalyst, psychotherapist
artist: painter, sculptor, printmaker, illustrator, photographer, engraver, muralist, cartoonist, \
graphic artist, visual artist, performance artist, comic book artist, animator, caricaturist, \
ceramist, calligrapher, draughtsman, lithographer, portraitist
painter: portrait painter, landscape painter, muralist, portraitist
musician: composer, singer, pianist, violinist, guitarist, conductor, cellist, organist, \
saxophonist, trumpeter, drummer, rapper, songwriter, singer-songwriter, flautist, bassist, \
bandleader, multi-instrumentalist, harpsichordist, sitarist, opera singer, jazz musician, rock \
musician, virtuoso, clarinetist, percussionist
singer: opera singer, soprano, tenor, singer-songwriter, folk singer, baritone, jazz singer, pop \
singer, country singer, contralto, vocalist, blues singer, crooner
songwriter: singer-songwriter, lyricist
performer: actor, singer, dancer, comedian, magician, musician, mime, acrobat, stand-up comedian
actor: film actor, stage actor, voice actor, television actor, character actor
dancer: ballet dancer, ballerina
filmmaker: film director, film producer, documentary filmmaker, screenwriter, cinematographer
director: film director, theatre director, television director
producer: film producer, record producer, television producer
athlete: handball player, table tennis player, badminton player, water polo player, squash \
player, field hockey player, lacrosse player, snooker player, darts player, weightlifter, fencer, \
archer, judoka, sumo wrestler, mixed martial artist, kickboxer, triathlete, diver, bobsledder, \
luger, speed skater, biathlete, pole vaulter, shot putter, javelin thrower, discus thrower, long \
jumper, sailor, canoeist, equestrian, marathon runner, bodybuilder, footballer, tennis player, \
basketball player, baseball player, boxer, swimmer, golfer, cricketer, gymnast, sprinter, runner, \
cyclist, skier, figure skater, ice hockey player, track and field athlete, wrestler, racing \
driver, rugby player, american football player, volleyball player, long-distance runner, \
middle-distance runner, martial artist, jockey, skater, artistic gymnast, professional wrestler, \
decathlete, hurdler, rower, surfer, snowboarder, softball player, high jumper
footballer: goalkeeper, midfielder, striker, winger, centre-back
runner: long-distance runner, middle-distance runner, sprinter
chess player: chess grandmaster
politician: president, prime minister, senator, statesman, diplomat, chancellor, governor, mayor, \
congressman, member of parliament, head of state, stateswoman, communist politician, \
congresswoman, councillor, legislator, minister, vice president, first lady, communist leader, \
political leader
leader: president, prime minister, king, queen, emperor, empress, military leader, political \
leader, religious leader, spiritual leader, statesman, general, pope, dictator, communist leader, \
civil rights leader, revolutionary leader, warlord, chieftain, labor leader
monarch: king, queen, emperor, empress, pharaoh, sultan, tsar, caliph, shah
ruler: monarch, king, queen, emperor, empress, pharaoh, sultan, tsar, caliph, shah, khan, dictator
nobleman: prince, princess, duke, baron, count
soldier: general, admiral, military officer, military leader, field marshal, marshal, military \
commander, commander, army officer, naval officer, colonel, captain, strategist, sniper, \
mercenary
military leader: general, admiral, field marshal, marshal, military commander
military officer: general, admiral, army officer, naval officer, field marshal, colonel
cleric: priest, bishop, monk, nun, friar, rabbi, imam, pope, minister, preacher, pastor, \
clergyman, archbishop, cardinal, missionary, saint, evangelist
religious leader: pope, priest, bishop, archbishop, cardinal, rabbi, imam, prophet, guru, \
preacher, dalai lama
businessman: industrialist, banker, merchant, media magnate, investor, publisher, oil magnate, \
financier, media proprietor
engineer: civil engineer, mechanical engineer, electrical engineer, aerospace engineer, software \
engineer, chemical engineer, computer engineer, aeronautical engineer, rocket engineer, military \
engineer, nuclear engineer
explorer: navigator, conquistador, polar explorer
aviator: astronaut, cosmonaut, test pilot, pilot
designer: fashion designer, graphic designer, industrial designer, costume designer, game designer
activist: civil rights activist, human rights activist, abolitionist, suffragist, suffragette, \
political activist, peace activist, environmentalist, feminist, social activist, women's rights \
activist, independence activist, social reformer, anti-apartheid activist, gay rights activist, \
freedom fighter, civil rights leader, labor leader, reformer, revolutionary
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
television presenter, talk show host, stand-up comedian, rapper, media personality, puppeteer, \
ventriloquist, influencer, youtuber, dj
inventor:
architect: landscape architect
chef:
teacher: schoolteacher, music teacher, headmaster
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
broadcaster: television presenter, radio host, news anchor, sports commentator, commentator
farmer:
farm worker:
secretary:
detective:
coach:
manager:
referee:
militant:
terrorist:
video game developer:
civil servant:
police officer:
firefighter:
dentist:
veterinarian:
pharmacist:
midwife:
accountant:
carpenter:
blacksmith:
tailor:
shoemaker:
baker:
butcher:
barber:
gardener:
fisherman:
miner:
shopkeeper:
jeweller:
potter:
bookseller:
printer:
curator:
urban planner:
surveyor:
cartographer:
stuntman:
trade unionist:
astrologer:
consultant:
researcher:
adventurer:
poker player:
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
    "campaigner": "activist",
    "reporter": "journalist",
    "war correspondent": "journalist",
    "foreign correspondent": "journalist",
    "news correspondent": "journalist",
    "newsreader": "news anchor",
    "newscaster": "news anchor",
    "presenter": "television presenter",
    "television host": "television presenter",
    "radio personality": "radio host",
    "radio presenter": "radio host",
    "radio broadcaster": "radio host",
    "sportscaster": "sports commentator",
    "announcer": "broadcaster",
    "internet personality": "influencer",
    "social media personality": "influencer",
    "disc jockey": "dj",
    "voice artist": "voice actor",
    "narrator": "voice actor",
    "recording artist": "musician",
    "software developer": "programmer",
    "web developer": "programmer",
    "game developer": "video game developer",
    "ceo": "businessman",
    "chief executive": "businessman",
    "chief executive officer": "businessman",
    "executive": "businessman",
    "jihadist": "militant",
    "umpire": "referee",
    "football manager": "manager",
    "public servant": "civil servant",
    "policeman": "police officer",
    "policewoman": "police officer",
    "fireman": "firefighter",
    "cobbler": "shoemaker",
    "city councilor": "councillor",
    "councilman": "councillor",
    "councilwoman": "councillor",
    "union leader": "trade unionist",
    "mma fighter": "mixed martial artist",
    "center back": "centre-back",
}

# What a player of one game is also called; a word that other games share stands with its game.
_PLAYERS: Final = """
baseball player: pitcher, shortstop, outfielder, infielder, first baseman, second baseman, \
third baseman, center fielder, left fielder, right fielder, baseball catcher, designated hitter, \
relief pitcher, baseballer
american football player: wide receiver, quarterback, linebacker, running back, tight end, \
cornerback, defensive end, defensive back, defensive tackle, offensive tackle, offensive lineman, \
offensive guard, defensive lineman, placekicker, gridiron football player, nfl player
basketball player: point guard, shooting guard, small forward, power forward, basketball guard, \
basketball forward, basketball center, nba player
ice hockey player: ice hockey defenceman, ice hockey defenseman, ice hockey forward, defenceman, \
defenseman, ice hockey center, ice hockey centre, ice hockey winger, ice hockey goaltender, \
goaltender, ice hockey left winger, ice hockey right winger, ice hockey goalkeeper
rugby player: rugby league player, rugby union player, rugby footballer, rugby league footballer, \
rugby union footballer, rugby league hooker, rugby sevens player, scrum-half, fly-half
cricketer: batsman, bowler, wicket-keeper, all-rounder, cricket batsman, left-arm spinner, \
cricket bowler, fast bowler, spin bowler
footballer: football forward, football defender, football midfielder, football striker, \
australian rules footballer, centre-forward
volleyball player: outside hitter, beach volleyball player
"""

#: Held beside many professions, so a knowledge base without them cannot contradict them.
BESIDE: Final[frozenset[str]] = frozenset(
    listed(
        "professor,academic,teacher,educator,scholar,activist,philanthropist,humanitarian,leader,"
        "intellectual,entrepreneur,editor,translator,critic,pioneer,theorist,coach,manager,"
        "commentator,broadcaster,consultant,civil servant"
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
    known.update({form: player for player, forms in _table(_PLAYERS).items() for form in forms})
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


def _table(written: str = _KINDS) -> dict[str, list[str]]:
    rows = {}
    for line in written.strip().splitlines():
        broad, _, kinds = line.partition(":")
        rows[broad] = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    return rows
