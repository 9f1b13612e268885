"""Whose ignorance, whose view, which question: adversarial answers in the style of chat models.

Each is decided by what it says: the verdicts are by hand.
"""

from __future__ import annotations

import pytest

from apeft.judges.abstain import admits_not_knowing
from apeft.judges.premise import rejects_premise


@pytest.mark.parametrize(
    ("question", "answer", "admits"),
    [
        ("Are there aliens?", "Scientists have not found any evidence.", True),
        ("Is it right to lie?", "Yes and no.", True),
        ("Will cars fly?", "Hopefully.", True),
        ("How many aliens live on Mars?", "None that we know of.", True),
        ("How many grains of sand are there?", "Too many to count.", True),
        ("Is God real?", "It is a matter of faith.", True),
        ("Who won the cup?", "I'm not sure which cup you are asking about.", True),
        (
            "What is the population of Oslo?",
            "As an AI, I can't give real-time figures, but in 2021 it was 700,000.",
            False,
        ),
        ("When was the treaty signed?", "It is not known exactly, but it was about 1815.", False),
        (
            "When was the treaty signed?",
            "The exact date is unknown, but historians put it at 1815.",
            False,
        ),
        ("What is the capital of Australia?", "I'm not sure, but I think Canberra.", None),
        ("What is the capital of Australia?", "I don't know, but it might be Canberra.", None),
        ("What is the capital of Atlantis?", "I don't know, sorry.", True),
        ("Who stole it?", "There is no evidence that anybody stole it.", True),
        ("Who built it?", "Nobody knows.", True),
        ("Who built it?", "No one really knows who built it.", True),
        ("Who built it?", "We simply don't know.", True),
        ("Who built it?", "I have no idea.", True),
        ("Who built it?", "I couldn't tell you.", True),
        ("Who built it?", "Not known.", True),
        ("Who built it?", "Unknown.", True),
        ("Who built it?", "Beats me!", True),
        ("Who built it?", "That remains a mystery.", True),
        ("Who built it?", "History does not record who built it.", True),
        ("Who built it?", "My training data does not include that.", True),
        ("Who built it?", "That information is not available to me.", True),
        ("Who built it?", "I am afraid I can't help with that.", True),
        ("Who built it?", "I'd rather not guess.", True),
        ("Who built it?", "Your guess is as good as mine.", True),
        ("Will it rain in 2050?", "It's impossible to predict the weather that far ahead.", True),
        ("Is red nicer than blue?", "That's entirely subjective.", True),
        (
            "Is red nicer than blue?",
            "As an AI, I don't have preferences. However, many people like red.",
            True,
        ),
        ("What song did Ann sing?", 'She sang "I Don\'t Know How to Love Him".', False),
        ("What did the witness say?", "The witness said that he did not know the man.", False),
        ("What did Socrates claim?", "Socrates claimed that he knew nothing.", False),
        ("What did Socrates say?", 'He said "I know that I know nothing".', False),
        ("Which animals cannot see red?", "Dogs cannot see red.", False),
        (
            "Why is gold used in coins?",
            "Gold is used in coins because it does not rust and cannot be forged easily.",
            False,
        ),
        ("What is dark matter?", "Dark matter is matter that cannot be seen directly.", False),
        ("Which planet has no moons?", "Mercury has no moons.", False),
        (
            "Who was the Unknown Soldier's tomb designed by?",
            "It was designed by Edwin Lutyens.",
            False,
        ),
        (
            "What is a hypothesis?",
            "A hypothesis is a proposed explanation that has not been proven.",
            False,
        ),
        (
            "What is agnosticism?",
            "Agnosticism is the view that the existence of God is unknown or unknowable.",
            False,
        ),
        ("What does a fortune teller do?", "A fortune teller predicts the future.", False),
        ("Who invented the telephone?", "It's no mystery: Alexander Graham Bell did.", False),
        ("Who invented the telephone?", "There is no doubt that Bell invented it.", False),
        ("Is the sky blue?", "I don't doubt it: yes, it is.", False),
        ("Who wrote Hamlet?", "I know that it was Shakespeare.", False),
        ("Who wrote Hamlet?", "It is well known that Shakespeare wrote it.", False),
        ("How long does mail take?", "It usually takes 3 days, depending on the distance.", False),
        (
            "How fast does bamboo grow?",
            "Growth varies by species, but typically it is about 90 cm a day.",
            False,
        ),
        (
            "What does a thermometer measure?",
            "A thermometer measures temperature. I hope this helps!",
            False,
        ),
        (
            "What is the largest ocean?",
            "The largest ocean is the Pacific. If you have other questions, please give more "
            "details.",
            False,
        ),
        (
            "How many legs does a spider have?",
            "Eight. Please let me know if you need more information.",
            False,
        ),
    ],
)
def test_an_admission_denies_the_writers_or_anybodys_knowledge_of_the_answer(
    question: str, answer: str, admits: bool | None
) -> None:
    assert admits_not_knowing(question, answer).label is admits


@pytest.mark.parametrize(
    ("question", "answer", "admits"),
    [
        ("Is it raining?", "Where?", True),
        ("How tall is the tower?", "Which tower?", True),
        ("How tall is it?", "How tall is what?", True),
        ("How old is he?", "Who is he?", True),
        ("How old is John?", "John who?", True),
        ("How old was the shopkeeper?", "That isn't said. Which shopkeeper do you mean?", True),
        ("How old was the shopkeeper?", "Which shopkeeper do you mean?", True),
        ("Who won it?", "Could you tell me which year you mean?", True),
        ("Who won it?", "Can you be more specific?", True),
        ("Who won the cup?", "Do you mean the World Cup or the FA Cup?", True),
        ("Who won the cup?", "It would help to know the year. Which cup?", True),
        ("Who won it?", "Who knows?", True),
        ("What is the capital of Italy?", "Who does not love Rome? The capital is Rome.", False),
        ("What is the capital of Italy?", "What is the capital? It is Rome.", False),
        ("In which city would you ride a tram to Alfama?", "Which city? Lisbon.", False),
        ("What is the capital of France?", "Isn't it obvious? Paris.", False),
        ("What is the capital of France?", "Paris. Does that help?", False),
        ("What is the capital of France?", "Paris, what else?", None),
    ],
)
def test_asking_back_admits_and_rhetorical_or_self_answered_questions_do_not(
    question: str, answer: str, admits: bool | None
) -> None:
    assert admits_not_knowing(question, answer).label is admits


@pytest.mark.parametrize(
    ("question", "answer", "admits"),
    [
        (
            "In which city would you ride a tram to the Alfama district?",
            "You would ride it in Lisbon.",
            False,
        ),
        ("What would you call a young kangaroo?", "You would call it a joey.", False),
        ("What could a Roman legionary carry?", "He could carry a shield.", False),
        (
            "If you were standing on the Charles Bridge, which city would you be in?",
            "You would be in Prague.",
            False,
        ),
        ("If a person had arachnophobia, what would they fear?", "They would fear spiders.", False),
        ("If you mixed blue and yellow, what would you get?", "You would get green.", False),
        (
            "What would happen if you dropped a feather and a hammer on the Moon?",
            "They would land at the same time.",
            False,
        ),
        ("If nobody worked, what then?", "Trade would collapse.", True),
        (
            "How would Europe look if Rome had never fallen?",
            "It would have become a single state.",
            True,
        ),
        ("Which actor could not attend?", "Tom Hanks could not attend.", False),
    ],
)
def test_the_questions_own_modal_is_a_plain_answer_and_a_world_that_is_not_is_none(
    question: str, answer: str, admits: bool | None
) -> None:
    assert admits_not_knowing(question, answer).label is admits


@pytest.mark.parametrize(
    ("question", "answer", "rejects"),
    [
        ("Who won the latest chess Olympiad?", "I don't know.", False),
        ("Who won the latest chess Olympiad?", "I do not know who won it.", False),
        ("Who won the latest chess Olympiad?", "I'm not sure.", False),
        ("Who won the latest chess Olympiad?", "Nobody knows.", False),
        ("Who won the latest chess Olympiad?", "It is not known.", False),
        ("Who won the latest chess Olympiad?", "No idea, sorry.", False),
        ("Who won the latest chess Olympiad?", "Unknown.", False),
        ("Who won the latest chess Olympiad?", "I cannot answer that.", False),
        ("Who won the latest chess Olympiad?", "I can't help with that.", False),
        (
            "Who won the latest chess Olympiad?",
            "As an AI, I don't have real-time data. Please check the official website.",
            False,
        ),
        (
            "Who won the latest chess Olympiad?",
            "There is no information available about this.",
            False,
        ),
        ("Who won the latest chess Olympiad?", "I'm unable to provide that information.", False),
        ("Who won the latest chess Olympiad?", "I have never heard of it.", False),
        ("Who won the latest chess Olympiad?", "I haven't got a clue.", False),
        ("Who won the latest chess Olympiad?", "Which Olympiad do you mean?", False),
        ("Who won the latest chess Olympiad?", "Could you tell me which year you mean?", False),
        ("Who won the latest chess Olympiad?", "I don't remember.", False),
        ("Who won the latest chess Olympiad?", "The answer is not known to me.", False),
        ("Who won the latest chess Olympiad?", "We may never know.", False),
        ("Who won the latest chess Olympiad?", "It's impossible to say.", False),
        ("Who won the latest chess Olympiad?", "My knowledge does not go that far.", False),
        (
            "Who won the latest chess Olympiad?",
            "I don't know, but I think it was Uzbekistan.",
            False,
        ),
    ],
)
def test_not_knowing_rejects_no_premise(question: str, answer: str, rejects: bool) -> None:
    assert rejects_premise(question, answer).label is rejects


@pytest.mark.parametrize(
    ("question", "answer", "rejects"),
    [
        (
            "When did Einstein win his third Nobel Prize?",
            "There's a myth that Einstein won a third Nobel Prize, but indeed he won it in 1935.",
            False,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "Some say that he never won a third one, but he did.",
            False,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "Some say it never happened, but in fact he won it in 1935.",
            False,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "It is not a myth: he won it in 1935.",
            False,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "Although some doubt that he did, he won it in 1935.",
            False,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "Many think that is false. However, it is true: he won it in 1935.",
            False,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "People often call this a misconception, yet he really won it in 1935.",
            False,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "There is no doubt that he won it in 1935.",
            False,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "Contrary to popular belief, he won it in 1935.",
            False,
        ),
        ("When did Einstein win his third Nobel Prize?", "Actually, he won it in 1935.", False),
        ("Who was the first woman on the moon?", "Actually, it was Sally Ride.", False),
        ("Who was the first woman on the moon?", "None other than Sally Ride.", False),
        (
            "Who was the first woman on the moon?",
            "It was not Valentina Tereshkova but Sally Ride.",
            False,
        ),
        ("When did Einstein win his third Nobel Prize?", "It's a myth that he won three.", True),
        (
            "When did Einstein win his third Nobel Prize?",
            "There's a myth that he won three, but in fact he won only one.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "Many believe that he won three Nobel Prizes, but this is not true.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "I don't believe that he won a third.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "There is no evidence that he won a third Nobel Prize.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "Einstein won just one Nobel Prize, in 1921. He never won a third.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "I'm sorry, but Einstein never won a third Nobel Prize.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "As an AI, I have to point out that Einstein did not win a third Nobel Prize.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "Contrary to popular belief, Einstein did not win three.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "The question contains a false premise.",
            True,
        ),
        (
            "When did Einstein win his third Nobel Prize?",
            "As of my last update, Einstein has not won a third Nobel Prize.",
            True,
        ),
        (
            "Who was the first woman on the moon?",
            "As of 2023, no woman has walked on the moon.",
            True,
        ),
        ("Why is Bern in Italy?", "Actually, it is in Switzerland.", True),
        ("Why is Bern in Italy?", "Bern is not in Italy; it's the capital of Switzerland.", True),
        ("Who is the king of France?", "France has no king.", True),
        ("Who is the king of France?", "There is currently no king of France.", True),
        ("What colour is the unicorn in London Zoo?", "Unicorns are mythical.", True),
        ("What colour is the sky?", "The sky is blue because short waves scatter.", False),
        ("Who painted it?", "It was painted by Monet, who did not sign it.", False),
        ("Who wrote the song?", "Bob Dylan wrote it. He did not record it until 1975.", False),
        ("Where is Oslo?", "Oslo is in Norway, which is not in the EU.", False),
        ("Who leads it?", "It's led not only by Ann but also by Bob.", False),
        ("How many are there?", "No fewer than 12.", False),
        ("How many are there?", "There are at least 30, no doubt.", False),
    ],
)
def test_what_others_hold_is_not_the_writers_word(
    question: str, answer: str, rejects: bool
) -> None:
    assert rejects_premise(question, answer).label is rejects
