"""The words for months and numbers in the languages that are read as values. Data only.

Left out are short forms that are everyday words elsewhere (Italian and Portuguese ``set``, ``out``,
``ago``), because a text is read without knowing its language.
"""

from __future__ import annotations

from types import MappingProxyType

_MONTHS = """
en: jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|
    sep sept september|oct october|nov november|dec december
de: jän jänner januar|feber februar|märz mär|april|mai|juni|juli|august|september|okt oktober|
    november|dez dezember
fr: janv janvier|févr février|mars|avr avril|mai|juin|juil juillet|août|septembre|octobre|novembre|
    déc décembre
es: ene enero|febrero|marzo|abr abril|mayo|junio|julio|agosto|septiembre setiembre|octubre|
    noviembre|dic diciembre
it: gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ott ottobre|novembre|
    dic dicembre
pt: janeiro|fev fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro
nl: januari|februari|mrt maart|april|mei|juni|juli|augustus|september|oktober|november|december
sv: januari|februari|mars|april|maj|juni|juli|augusti|september|okt oktober|november|december
da: januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december
no: januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|des desember
fi: tammikuuta tammikuu|helmikuuta helmikuu|maaliskuuta maaliskuu|huhtikuuta huhtikuu|
    toukokuuta toukokuu|kesäkuuta kesäkuu|heinäkuuta heinäkuu|elokuuta elokuu|syyskuuta syyskuu|
    lokakuuta lokakuu|marraskuuta marraskuu|joulukuuta joulukuu
pl: stycznia styczeń|lutego luty|marca marzec|kwietnia kwiecień|maja maj|czerwca czerwiec|
    lipca lipiec|sierpnia sierpień|września wrzesień|października październik|
    listopada listopad|grudnia grudzień
cs: ledna leden|února únor|března březen|dubna duben|května květen|června červen|
    července červenec|srpna srpen|září|října říjen|listopadu|prosince prosinec
ro: ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|
    decembrie
tr: ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık
ru: января январь|февраля февраль|марта март|апреля апрель|мая май|июня июнь|июля июль|
    августа август|сентября сентябрь|октября октябрь|ноября ноябрь|декабря декабрь
el: ιανουαρίου ιανουάριος|φεβρουαρίου φεβρουάριος|μαρτίου μάρτιος|απριλίου απρίλιος|μαΐου μάιος|
    ιουνίου ιούνιος|ιουλίου ιούλιος|αυγούστου αύγουστος|σεπτεμβρίου σεπτέμβριος|
    οκτωβρίου οκτώβριος|νοεμβρίου νοέμβριος|δεκεμβρίου δεκέμβριος
"""

ONLY_WITH_DAY = frozenset("mars marts marca mart maja maj ocak listopad leden".split())
"""Names of months that are other words as well: a month only when a day stands before."""

_UNITS_TO_TWENTY = """
en: zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty
de: null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn
    sechzehn siebzehn achtzehn neunzehn zwanzig
fr: zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
    dix-sept dix-huit dix-neuf vingt
es: cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
    dieciséis diecisiete dieciocho diecinueve veinte
it: zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici
    quindici sedici diciassette diciotto diciannove venti
pt: zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis
    dezessete dezoito dezenove vinte
nl: nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien
    zestien zeventien achttien negentien twintig
sv: noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton
    arton nitton tjugo
da: nul en to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten
    atten nitten tyve
no: null en to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten
    atten nitten tjue
pl: zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście
    trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia
cs: nula jeden dva tři čtyři pět šest sedm osm devět deset jedenáct dvanáct třináct čtrnáct patnáct
    šestnáct sedmnáct osmnáct devatenáct dvacet
ru: ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать
    четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать
tr: sıfır bir iki üç dört beş altı yedi sekiz dokuz on
fi: nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen
"""

_TENS = """
de: 30 dreißig 40 vierzig 50 fünfzig 60 sechzig 70 siebzig 80 achtzig 90 neunzig 100 hundert
    1000 tausend
fr: 30 trente 40 quarante 50 cinquante 60 soixante 70 soixante-dix 80 quatre-vingts
    90 quatre-vingt-dix 100 cent 1000 mille
es: 30 treinta 40 cuarenta 50 cincuenta 60 sesenta 70 setenta 80 ochenta 90 noventa 100 cien
    1000 mil
it: 30 trenta 40 quaranta 50 cinquanta 60 sessanta 70 settanta 80 ottanta 90 novanta 100 cento
    1000 mille
pt: 30 trinta 40 quarenta 50 cinquenta 60 sessenta 70 setenta 80 oitenta 90 noventa 100 cem 1000 mil
nl: 30 dertig 40 veertig 50 vijftig 60 zestig 70 zeventig 80 tachtig 90 negentig 100 honderd
    1000 duizend
sv: 30 trettio 40 fyrtio 50 femtio 60 sextio 70 sjuttio 80 åttio 90 nittio 100 hundra 1000 tusen
ru: 30 тридцать 40 сорок 50 пятьдесят 60 шестьдесят 70 семьдесят 80 восемьдесят 90 девяносто 100 сто
    1000 тысяча
"""

NOT_COUNTED = frozenset(
    """un une uno um een ett en to ti sex on bir jeden один eins once seis sei sept dix dos due fire
    ni acht cent mil mille altı fem nove""".split()
)
"""Number words that are other words as well, in their own language or another one: they stand for
their digits in a question's words and are never taken for a number of a text."""


def _by_language(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    code = ""
    for line in table.strip().splitlines():
        if line[2:3] == ":":
            code, line = line[:2], line[3:]
        found[code] = f"{found.get(code, '')} {line.strip()}"
    return found


def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for names in _by_language(_MONTHS).values():
        for number, words in enumerate(names.split("|"), start=1):
            found.update(dict.fromkeys(words.split(), number))
    return found


def _numbers() -> dict[str, float]:
    found: dict[str, float] = {}
    for words in _by_language(_UNITS_TO_TWENTY).values():
        for value, word in enumerate(words.split()):
            found.setdefault(word, float(value))
    for words in _by_language(_TENS).values():
        pairs = words.split()
        found.update({w: float(v) for v, w in zip(pairs[::2], pairs[1::2], strict=True)})
    return found


MONTHS = MappingProxyType(_months())
"""Names of months in small letters → 1 to 12."""
NUMBER_WORDS = MappingProxyType(_numbers())
"""Words for whole numbers up to twenty, for tens, hundred and thousand → their values."""
