"""Every word of every pair of opposites in a sentence that affirms it, and in some that deny it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.checking.opposites import IRREGULAR, PREFIXED


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement, and where or when it is said to hold."""

    core: str
    tail: str

    def written(self, order: int) -> str:
        """The same in one of three orders."""
        if order == 1:
            return f"{self.tail[0].upper()}{self.tail[1:]}, {self.core}."
        core = self.core[0].upper() + self.core[1:]
        return f"{core} {self.tail}." if order == 0 else f"{core}."


@dataclass(frozen=True, slots=True)
class Word:
    """A word in a sentence that affirms it, and in sentences that deny it."""

    word: str
    says: Sentence
    denials: tuple[Sentence, ...]


_ABOUT_SENTENCES = ("it is not true that {says}", "it isn't true that {says}")
FRAMES: dict[str, tuple[str, ...]] = {
    "is": (
        "{s} is {w}", "{s} is not {w}", "{s} isn't {w}", "{s} isn’t {w}", "{s} was never {w}",
        "{s} is no longer {w}", "{s} cannot be {w}", "{s} can't be {w}", "{s} failed to be {w}",
        *_ABOUT_SENTENCES,
    ),
    "are": (
        "{s} are {w}", "{s} are not {w}", "{s} aren't {w}", "{s} are never {w}",
        "{s} are no longer {w}", "{s} cannot be {w}", "{s} failed to be {w}", *_ABOUT_SENTENCES,
    ),
    "does": (
        "{s} {past} {o}", "{s} did not {w} {o}", "{s} didn't {w} {o}", "{s} didn’t {w} {o}",
        "{s} never {past} {o}", "{s} failed to {w} {o}", "{s} cannot {w} {o}",
        "{s} could not {w} {o}", "{s} was unable to {w} {o}", "{s} does no longer {w} {o}",
        "it went on without {s} {ing} {o}", *_ABOUT_SENTENCES,
    ),
    "has": ("{s} has {done} {o}", "{s} has not {done} {o}", "{s} hasn't {done} {o}",
            "{s} has never {done} {o}", *_ABOUT_SENTENCES),
    "noun": ("there was {w} of {s}", "there was no {w} of {s}", "it stayed without {w} of {s}",
             "there was a lack of {w} of {s}", *_ABOUT_SENTENCES),
    "a": ("{s} was a {w}", "{s} was not a {w}", "{s} wasn't a {w}", "{s} was never a {w}",
          *_ABOUT_SENTENCES),
    "an": ("{s} was an {w}", "{s} was not an {w}", "{s} was never an {w}", *_ABOUT_SENTENCES),
    "the": ("{s} is the {w} of the valley", "{s} is not the {w} of the valley",
            "{s} isn't the {w} of the valley", "{s} was never the {w} of the valley",
            "{s} is no longer the {w} of the valley", *_ABOUT_SENTENCES),
    "than": ("{s} is {w} than the old one", "{s} is not {w} than the old one",
             "{s} isn't {w} than the old one", "{s} is no longer {w} than the old one",
             "{s} was never {w} than the old one", *_ABOUT_SENTENCES),
    "needs": ("{s} needs {w} clerks than the inn", "{s} does not need {w} clerks than the inn",
              "{s} doesn't need {w} clerks than the inn",
              "{s} never needed {w} clerks than the inn", *_ABOUT_SENTENCES),
    "hires": ("{s} hires {w} clerks", "{s} does not hire {w} clerks",
              "{s} doesn't hire {w} clerks", "{s} never hired {w} clerks", *_ABOUT_SENTENCES),
    "painted": ("{s} was painted {w} the storm", "{s} was not painted {w} the storm",
                "{s} wasn't painted {w} the storm", *_ABOUT_SENTENCES),
    "painted than": ("{s} was painted {w} than the door", "{s} was not painted {w} than the door",
                     *_ABOUT_SENTENCES),
    "prior": ("{s} was painted {w} to the storm", "{s} was not painted {w} to the storm"),
    "stands": ("{s} stands {w} the mark", "{s} does not stand {w} the mark",
               "{s} doesn't stand {w} the mark", "{s} never stood {w} the mark",
               *_ABOUT_SENTENCES),
    "of": ("{s} lies {w} of the ford", "{s} does not lie {w} of the ford",
           "{s} doesn't lie {w} of the ford", "{s} never lay {w} of the ford",
           *_ABOUT_SENTENCES),
    "side": ("{s} lies on the {w} side of the ford", "{s} does not lie on the {w} side of the ford",
             "{s} never lay on the {w} side of the ford"),
    "left": ("{s} left {w}", "{s} did not leave {w}", "{s} never left {w}", *_ABOUT_SENTENCES),
    "brings": ("{s} brought the guild {w}", "{s} did not bring the guild {w}",
               "{s} brought the guild no {w}", *_ABOUT_SENTENCES),
    "always": ("{s} {w} works on Sundays", "{s} does not {w} work on Sundays",
               "{s} doesn't {w} work on Sundays"),
    "never": ("{s} {w} works on Sundays",),
    "all": ("{w} of the boats leak", "not {w} of the boats leak"),
    "every": ("{w} boat leaks", "not {w} boat leaks"),
    "none": ("{w} of the boats leak",),
    "must": ("{s} {w} be worn",),
}  # fmt: skip
"""By the name of a frame, what affirms a word, and then what denies it."""

_GROUPS = """more;than;the levy;;greater higher larger bigger;lower smaller
more;needs;the mill;;more;fewer less
rise;does;the price of wool;;rise increase grow gain climb growth@noun rise@has grow@has;fall \
decrease decline drop shrink reduce fall@has shrink@has
rise;does;the guild;the price of wool;raise increase;lower reduce
highest;the;the toll;;highest largest biggest most maximum;lowest smallest least fewest minimum
before;painted;the bell;;before prior@prior;after following
before;painted than;the bell;;earlier;later
above;stands;the water;the mark;above exceed@does;below
enable;are;cameras;;enabled allowed permitted;disabled forbidden prohibited prevented banned
enable;does;the guild;cameras;allow permit;forbid prohibit ban
accept;does;the council;the plan;accept approve;reject deny refuse decline
win;does;the guild;the case;win;lose
win;brings;the case;;victory;defeat
include;does;the fee;towels;include;exclude omit
always;always;the baker;;always;never@never
all;all;;;all every@every;none@none
succeed;does;the trial;;succeed pass successful@is success@a;fail failure@a
start;does;the fair;;start begin;end finish
open;does;the shop;;open open@is;close closed@is
required;are;helmets;;required mandatory compulsory must@must;optional voluntary
internal;is;the memo;;internal;external
buy;does;the mill;the field;buy purchase;sell
public;is;the garden;;public;private
positive;is;the result;;positive;negative
faster;than;the boat;;faster quicker;slower
better;than;the boat;;better;worse
stronger;than;the rope;;stronger;weaker
cheaper;than;the rope;;cheaper;dearer costlier
longer;than;the rope;;longer;shorter
older;than;the boat;;older;younger newer
true;is;the report;;true;false
high;is;the wall;;high;low
large;is;the barn;;large big;small
fast;is;the boat;;fast;slow
strong;is;the rope;;strong;weak
cheap;is;the rope;;cheap;expensive
easy;is;the exam;;easy;difficult
hot;is;the water;;hot;cold
rich;is;the guild;;rich;poor
wide;is;the road;;wide;narrow
deep;is;the pond;;deep;shallow
thick;is;the rope;;thick;thin
full;is;the barrel;;full;empty
good;is;the wine;;good;bad
many;hires;the mill;;many;few
guilty;is;the clerk;;guilty;innocent
improve;does;the view;;improve;worsen
strengthen;does;the tide;;strengthen;weaken
expand;does;the market;;expand;contract
safe;is;the bridge;;safe;dangerous
import;does;the port;timber;import;export
arrive;does;the envoy;;arrive;depart
add;does;the clerk;the name;add;remove delete
alive;is;the oak;;alive;dead
early;left;the ferry;;early;late
north;of;the chapel;;north northern@side;south southern@side
east;of;the chapel;;east eastern@side;west western@side"""

_PREFIXED_FRAMES = {
    "validate": ("does", "the receipt"), "approve": ("does", "the plan"),
    "assemble": ("does", "the loom"), "connect": ("does", "the pump"),
    "continue": ("does", "the course"), "obey": ("does", "the order"),
    "qualify": ("does", "the team"), "trust": ("does", "the clerk"), "agree": ("does", ""),
}  # fmt: skip
_UN = """affected armed available aware certain changed clear comfortable common damaged encrypted
expected fair familiar finished fit happy healthy important inhabited interested known lawful likely
limited locked necessary occupied paid pleasant popular prepared protected published reliable safe
sold stable successful suitable tested usual wanted willing"""
_NON = "-binding -fatal -linear -magnetic -toxic essential"
_DOUBLED = frozenset("drop permit ban omit".split())
_TAILS = {"are": "in the great hall", "painted": "in the year of the flood"}


def groups() -> Iterator[tuple[str, list[Word], list[Word]]]:
    """The first word of a pair's left side, and words of both sides that can be compared."""
    for line in _GROUPS.splitlines():
        name, frame, subject, thing, left, right = line.split(";")
        sides = [
            [_word(token, frame, subject, thing) for token in side.split()]
            for side in (left, right)
        ]
        yield name, sides[0], sides[1]


def prefixed() -> Iterator[tuple[Word, Word]]:
    """A word and the one that its prefix makes of it."""
    made = [(base, prefix + base) for prefix, base in PREFIXED]
    made += [(base, f"un{base}") for base in _UN.split()]
    made += [(base.strip("-"), f"non{base}") for base in _NON.split()]
    for base, denied in made:
        if base == "advantage":
            yield _word(f"{base}@an", "is", "the slope", ""), _word(
                f"{denied}@a", "is", "the slope", "")  # fmt: skip
            continue
        frame, thing = _PREFIXED_FRAMES.get(base, ("is", ""))
        yield _word(base, frame, "the guild", thing), _word(denied, frame, "the guild", thing)


def _word(token: str, frame: str, subject: str, thing: str) -> Word:
    word, _, own = token.partition("@")
    frame = own or frame
    tail = _TAILS.get(frame, "in the spring of the flood")
    past, done, ing = _forms(word)
    first, *rest = FRAMES[frame]
    filled = [first.format(s=subject, o=thing, w=word, past=past, done=done, ing=ing)]
    for each in rest:
        filled.append(
            each.format(s=subject, o=thing, w=word, past=past, done=done, ing=ing, says=filled[0])
        )
    made = [Sentence(" ".join(text.split()), tail) for text in filled]
    return Word(word, made[0], tuple(made[1:]))


def _forms(base: str) -> tuple[str, str, str]:
    """Past, past participle and -ing of a verb."""
    irregular = {row.split()[0]: row.split() for row in IRREGULAR.splitlines()}
    stem = base + base[-1] if base in _DOUBLED else base
    ing = {"e": f"{base[:-1]}ing"}.get(base[-1], f"{stem}ing")
    if base.endswith("ee"):
        ing = f"{base}ing"
    if base in ("begin", "win"):
        ing = f"{base}ning"
    if base in irregular:
        forms = irregular[base]
        return forms[1], forms[-1], ing
    if base.endswith("e"):
        past = f"{base}d"
    elif base.endswith("y") and base[-2] not in "aeiou":
        past = f"{base[:-1]}ied"
    else:
        past = f"{stem}ed"
    return past, past, ing
