"""Deeds that a question asks the place, the time or the doer of, and sentences that tell another.

Pure. English alone. "The statue stands in the villa" holds a place, and does not tell where the
statue was found; a reader takes it for the answer.
"""

from __future__ import annotations

import re

_DEEDS = """found discovered dug unearthed excavated: found find* discover* dug digging unearth*
  excavat*
  recover* came_to_light detected spotted identified turned_up establish* start* creat* set_up
  launch* formed forms forming began begun
born: born birth* nativ* née nee hail hails b.
die died killed murdered assassinated executed drowned: die dies died dying dead death* kill*
  passed_away murder* assassin* perish* succumb* execut* hanged hanging drown* shot slain fatal*
  body until_his until_her † lost_his_life lost_her_life lost_their_li* fell_in
buried: buri* grave* tomb* interred cemetery laid_to_rest rest rests ashes cremat*
married: marri* marry* wed wedding* wife husband spouse bride* groom couple remarri*
arrested captured caught imprisoned jailed detained: arrest* captur* caught detain* custody
  seiz* imprison* prison* jail* held sentenc* taken behind_bars locked_up
stolen robbed: stol* steal* theft thie* robb* burgl* loot* heist taken raid*
released published issued: releas* publish* publication issu* came_out launch* premi* appear*
  debut* available print* out_on out_in hit edition drop* aired broadcast shipped introduc*
  version announc*
elected appointed: elect* won win* vot* becam* becom* chosen appoint* took_office named since
  sworn succeed* nominat* selected joined
filmed shot recorded: film* shot shoot* record* location* photograph* studio* taped captur*
  set_in
attacked bombed wounded injured: attack* bomb* assault* wound* injur* hurt struck hit raid* shot
  blast explo* invad* fire ambush*
divorced: divorc* separat* split annul* dissol*
retired resigned: retir* resign* stepped_down left quit* leav* last_day last_game last_match
  ended"""
"""Verbs of questions, and behind the colon what tells of such a deed; "_" stands for a space, "*"
for any ending."""
_DOERS = """drew designed planned: draw* drew plan* design* architect* sketch* blueprint* engineer*
translated: translat* version* render*
captained commanded skippered: captain* command* skipper* lead* led at_the_helm under master*
painted: paint* portrait* artist* fresco* mural* canvas*
funded financed sponsored: fund* financ* sponsor* grant* donat* pay* paid money cost* expens* rais*
  bequ* borne support* subsid* contribut* gift* gave given invest*
judged refereed umpired: judg* referee* umpir* jury arbit*
taught trained coached: taught teach* train* coach* school* instruct* lesson* tutor* learn* mentor*
edited: edit*
composed: compos* music* wrote writ* tune* score*
sang: sang sing* sung vocal* song* voice*
photographed: photo* pictur* camera* shot taken took image*
repaired mended restored renovated: repair* mend* restor* fix* renovat* rebuil* overhaul* refurbish*
  conserv*
banned forbade outlawed: ban* forb* prohibit* outlaw* illegal
proposed suggested: propos* suggest* idea* mov* put_forward came_up_with recommend* brought_up
  introduc* call* plan* want* urg* advoc* argu*
rejected opposed: reject* oppos* against refus* declin* turned_down vot* den* object* protest*
  critic*
approved ratified: approv* ratif* accept* agree* resolv* adopt* pass* vot* carried confirm* sign*
  consent* gave grant*
signed: sign*
insured: insur*
voiced portrayed: voic* portray* play* act* star* cast* role"""
"""The same of questions for who did something: "Which architect drew the plans?"."""
_ASKS = (
    r"\W{0,5}(?:where|when|(?:in|on|at|from|near)? ?(?:which|what) (?:\w+ )?(?:city|town|village|"
    r"country|place|state|street|building|year|day|month|date|century|decade|site)) "
    r"(?:was|were|did|had|is|are) (?:[^?]{2,80} )?"
)


_ASKS_DOER = (
    r"\W{0,5}(?:by )?(?:who(?:m|se \w+)?|which (?!of\b)[\w'’-]+(?: [\w'’-]+){0,3}?|what "
    r"(?:person|man|woman|firm|company|artist|architect|engineer|designer|author|country|king|queen|"
    r"group|team))(?: (?:first|once|originally|then|later|also|\w+ly))? "
    r"(?:(?:was|were|is|has|had) [^?]{2,80} )?"
)


def _told(words: str) -> re.Pattern[str]:
    ways = (re.escape(each).replace(r"\*", r"\w*").replace("_", " ") for each in words.split())
    life = r"|\(\d{4}[–-]" if "death*" in words or "birth*" in words else ""
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w){life}", re.IGNORECASE)


def _pairs(deeds: str, asks: str, first: int = 0) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    lines = re.sub(r"\n  ", " ", deeds).splitlines()[first:]
    return [
        (re.compile(rf"{asks}(?:{'|'.join(verbs.split())})\b", re.IGNORECASE), _told(told))
        for verbs, _, told in (line.partition(":") for line in lines)
    ]


_ASKS_COUNT = r"\W{0,5}how many [^?,]{2,80} "
_ASKED = [
    *_pairs(_DEEDS, _ASKS),
    *_pairs(_DEEDS, _ASKS_COUNT, first=1),  # "how many are found" asks for no deed
]
_ASKED_OF_DOERS = _pairs(_DOERS, _ASKS_DOER)
_OTHERWISE = re.compile(
    r"\b(?:buil[dt]\w*|rebuilt|open(?:ed|ing)|found(?:ed|ing)|sold|bought|own(?:ed|s|er)?|visit\w*|"
    r"clos\w+|"
    r"burn\w*|inherit\w*|rent\w*|liv(?:ed|es|ing)|died|dead|born|marri\w+|stands|stood|belong\w*|won|"
    r"join\w*|met|arriv\w*|return\w*|retir\w*|sail\w*|found|discovered|stol\w+|kept|keeps|collect\w*|"
    r"lent|show[ns]?|hangs|hung|read|heard|saw|seen|used|uses)\b",
    re.IGNORECASE,
)
"""Deeds of a sentence that has no word of the one that is asked for: with none of them it may tell
it in other words ("is by", "turned it into French")."""
_FOUNDS = re.compile(r"\b(?:did|does|do|to) [^?]{2,80} found\b", re.IGNORECASE)
_FOUNDED = re.compile(r"\bfound(?:ed|ing|er)", re.IGNORECASE)
"""Behind "did" somebody founds; "was found" is of another verb."""


def tells_another_deed(question: str, text: str, before: str) -> bool:
    """Whether the place, the time, the doer or the number of a deed is asked for of which neither
    a sentence nor what stands right before it has a word: "Where was it dug up?", "How many died?".
    """
    if _FOUNDS.search(question) and _FOUNDED.search(text):
        return False
    for asked, told in _ASKED:
        if asked.match(question):
            return told.search(text) is None and told.search(before) is None
    for asked, told in _ASKED_OF_DOERS:
        if asked.match(question):
            is_told = told.search(text) is not None or told.search(before) is not None
            return not is_told and _OTHERWISE.search(text) is not None
    return False
