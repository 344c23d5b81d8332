"""Danger now: what must be noticed before anything else."""

from __future__ import annotations

import re
from itertools import islice

from referral_bot.reading.document import Document

_NOW = re.compile(
    r"(?<!fine )(?<!ok )(?<!okay )(?<!better )(?<!good )(?<!stable )(?<!well )(?<!home )\b(?:right now|rn\b"
    r"|now\b|currently|as we speak|at this moment|this minute|this second|in (?:the |our |my "
    r"|an? )?(?:waitin?g?|exam|lobby|front|treatment)[ -]?(?:room|rm|area|desk|office|lobby)?|in (?:room"
    r"|rm) ?\d+|in (?:the |our |my )?(?:office|clinic|parking lot|car|bathroom|lobby)|in front of (?:me|us)"
    r"|here with (?:me|us)|sitting here|standing here|on the (?:other )?(?:phone|line)"
    r"|on (?:the )?other line|on line \d|just (?:started|now|collapsed|took|passed|fell|had|began|swallowed"
    r"|drank|ate|called|came|walked)|(?:\d+|ten|five|fifteen|twenty|thirty|a few|few|couple(?: of)?"
    r"|half an hour) ?(?:mins?|minutes?|hour)? ago|\d+ ?(?:hrs?|hours?) ago|(?:an|one|half an) hour ago"
    r"|few minutes ago|minutes ago|started (?:\d+|a few|ten|five|twenty)|since (?:\d+|a few) min\w*|(?:for"
    r"|going on|been|about|past|almost|over|like|x) (?:the (?:last|past) |about |over )?(?:\d+|five|ten"
    r"|fifteen|twenty|thirty|a few|several) ?min\w*|we have a \w+|got a (?:pt|patient) (?:here|in)|is here"
    r"|he's here|she's here|here in (?:our|the|my)|(?:all of a )?sudden(?:ly)?|as (?:i|we) (?:type|speak"
    r"|write)|while (?:i|we)(?:'m|'re| am| are)? (?:typ|writ|talk|speak)\w*|at (?:our|the"
    r"|my) (?:front )?(?:desk|door|window|counter|checkout)|in (?:our|the|my) (?:hall\w*|restroom|entry\w*"
    r"|back|triage|lab|vitals)\w*|still (?:going|seizing|bleeding|having|in)|ahorita|ahora(?: mismo)?"
    r"|en este momento|en la (?:sala|recepci[oó]n|cl[ií]nica)|aqu[ií]|de (?:repente|pronto)|acaba de"
    r"|(?:hace|desde hace|lleva) (?:como |unos |unas |ya )*(?:\d+|diez|cinco|quince|veinte|media"
    r"|pocos)? ?(?:min\w*|hora)|hace una hora|en el consultorio|est[aá] aqu[ií]"
    r"|tengo (?:aquí )?(?:a )?un\w* paciente)\b"
)
_GRAVE = re.compile(
    r"\b(?:(?:can'?t|cannot|can not|cant|couldn't|unable to|struggling to|barely|hardly|trouble"
    r"|not) (?:breathe?|breath|breathing)\b(?! (?:through|out of|from) (?:his|her|my|the)? ?nose)"
    r"|can'?t (?:get|catch) (?:any |enough |her |his |their )*(?:air|breath)\b|no air\b"
    r"|gasping(?: for air)?|agonal|(?:stopped|quit|isn'?t|not|don'?t think (?:he|she|they)(?:'s| is|'re"
    r"| are)) breathing|lips? (?:are |r |is )?(?:turning |turnin |going )?blue|(?:is|are|looks?|went"
    r"|gone) (?:blue|gray|grey|limp)\b|turn(?:ing|in|ed) (?:blue|gray|grey)|unresponsive|unconscious"
    r"|unarousable|cyanotic|(?:hard to|can'?t|cannot|unable to|couldn'?t) (?:wake|arouse|rouse)"
    r"|won'?t come to|found down|lost consciousness|no heart ?beat|(?:doing|started|starting|giving"
    r"|performing) (?:cpr|compressions|chest compressions)|cpr in progress|not responding(?! (?:to|well))"
    r"|won'?t wake(?: up)?|can'?t wake|not waking|no pulse\b|pulseless|cardiac arrest|coding\b|code blue"
    r"|actively seizing|is seizing|seizing(?: now)?|having a seizure|won'?t stop seizing"
    r"|seizure (?:right )?now|choking|(?:lips?|mouth|face) (?:is |are |r )?(?:swelling|swollen) ?(?:up"
    r"|shut)?(?=[^.\n]{0,40}(?:wheez|hives|epi|breath|throat))|(?:gave|giving|used) (?:\w+ )?(?:the "
    r"|an? )?epi|throat (?:is )?(?:closing|swelling|swollen shut)|tongue (?:is )?swelling|(?:going into|in"
    r"|having) anaphyla\w+"
    r"|overdos\w+|(?:took|taken|taking|swallow\w*|ate|downed) (?:the |a |an |all |her |his |all of (?:her"
    r"|his|the) )?(?:whole|entire|full|all|rest of|handful of|bunch of|too many|like \d\d|about \d\d"
    r"|\d\d)[^.\n]{0,24}?(?:bottle|pills?|meds?|tabs?|tablets|capsules|tylenol|\w+)|(?:swallow\w*|got into"
    r"|ate|ingested) (?:a |the |all |some |her |his |grandma'?s )[^.\n]{0,24}(?:bottle|pills|meds|battery"
    r"|batteries|magnets?|detergent|pods?|poison)|emptied (?:the|a|her|his)[^.\n]{0,12} bottle"
    r"|drank (?:bleach|antifreeze|drain|lye|poison|some|a bottle of (?:bleach|antifreeze))|(?:convulsing"
    r"|having convulsions|convulsions? (?:now|that))|bleeding (?:out|won'?t stop|that won'?t stop"
    r"|heavily and|profusely|everywhere|uncontroll\w+|all over|through|badly|massively)|blood (?:everywhere"
    r"|all over|pouring|gushing|spurting|shooting)|(?:pouring|gushing|spurting|squirting) (?:out )?(?:blood"
    r"|from)|soak(?:ed|ing)? (?:through )?(?:\d+|two|three|four|several|a|another)[^.\n]{0,20}(?:pads?"
    r"|towels?|gauze|dressings?)|massive(?:ly)? (?:bleed\w*|hemorrh\w*|gi bleed)|won'?t stop bleeding"
    r"|(?:can'?t|cannot|unable to) (?:stop|control|get) (?:the |his |her |this )?bleed\w*|hemorrhaging"
    r"|gushing blood|(?:coughing|vomiting|throwing|spitting|puking) (?:up )?(?:a lot of |large amounts of "
    r"|lots of |bright red |cups of )+blood|(?:coughing|vomiting|throwing"
    r"|puking) (?:up )?blood (?:right now|and|now)|(?:going to|gonna|wants? to|threatening to|trying to"
    r"|about to|says (?:he'?s|she'?s|they'?re) (?:going to|gonna)) (?:kill|hurt|shoot|hang|cut|stab"
    r"|harm) (?:him|her|them|my)?sel(?:f|ves)|(?:about to|going to|gonna|threatening to|wants to) jump"
    r"|(?:end|ending|take|taking) (?:his|her|their|my) (?:own )?life|end it (?:all|tonight|now|today)"
    r"|suicidal with (?:a )?plan|(?:has|with|holding|got|grabbed) an? (?:gun|knife|blade|razor|noose|rope"
    r"|firearm|weapon)|cutting (?:him|her)self|(?:cut|slit|slashed) (?:his|her|their) (?:own )?(?:wrists?"
    r"|throat|arms?)|wrists? (?:are )?(?:cut|slit)|(?:rope|noose|cord|belt) around (?:his|her|their)"
    r"|(?:suicide|goodbye) (?:note|letter|text)|on the (?:ledge|roof|bridge)|cord (?:is )?(?:hanging|coming"
    r"|showing|prolaps\w+)|(?:baby|head) is (?:coming|crowning|out)|crowning|drowning|drowned|electrocuted"
    r"|no (?:est[aá] )?respira(?:ndo)?|dej[oó] de respirar|no reacciona|no despierta|convulsi[oó]n\w*"
    r"|convulsiona\w*|sangra(?:ndo)? (?:mucho|muchísimo|demasiado|sin parar|por todos)|(?:sangrado"
    r"|hemorragia) (?:que no para|fuerte|abundante|masiv\w+)|no (?:le )?para (?:de sangrar|el sangrado)"
    r"|se (?:tom[oó]|trag[oó]) (?:\d+|muchas|varias|un mont[oó]n)|se cort[oó] las venas"
    r"|quit(?:ar)?se la vida|se quiere (?:matar|morir)|va a matarse|perdi[oó] el conocimiento"
    r"|poni[eé]ndose? (?:morad[oa]|azul)|est[aá] (?:morad[oa]|azul)|atragant\w+|no puede respirar"
    r"|no respira|le falta (?:mucho )?el aire|inconsciente|no responde|convulsionando|está convulsionando"
    r"|se tom[oó] (?:todo|toda|un frasco|todas)[^.\n]{0,20}|se est[aá] (?:ahogando|desangrando|asfixiando"
    r"|muriendo)|labios (?:azules|morados)|sobredosis|quiere matarse|no despierta)\b"
)
_STROKE_OR_HEART = re.compile(
    r"\b(?:(?:chest|chst) (?:pain|pressure|tightness|heaviness)|crushing (?:chest|pain)|(?:having|think"
    r"|thinks?|looks like|signs? of|symptoms of)[^.\n]{0,18}(?:a )?(?:stroke|heart attack|mi\b|stemi)"
    r"|stroke (?:symptoms|signs|sx)|stroking out|(?:face|facial|mouth|smile)(?: is| side"
    r"| all)? ?(?:droop\w*|droopy|dropped|crooked|sagging)|droop(?:ing|y)? (?:face|mouth|on)|(?:arm|leg"
    r"|side)(?: is| went| has gone)? (?:went |gone |suddenly )?(?:weak|numb|limp|paralyzed)|can'?t (?:move"
    r"|lift|feel)(?: \w+){0,3} (?:arm|leg|side)|slurr(?:ed|ing)(?: \w+)? ?(?:speech|words)?|(?:speech|words"
    r"|talking) (?:is|went|has gone|got|are|were|came out)(?: \w+)? (?:all )?(?:jumbled|garbled|slurred"
    r"|funny|wrong|mixed up|gibberish|off)|(?:arm|leg|face|hand|side)(?: just| suddenly"
    r"| all of a sudden)? (?:dropped|drooped|gave out|quit working|stopped working|fell)"
    r"|speech (?:is )?(?:slurred|garbled)|word salad|can'?t (?:speak|talk|get (?:his|her) words)"
    r"|worst headache|wheez\w+ (?:hard|bad|badly)|(?:whole |entire )?face (?:is )?swell\w*|face swelling"
    r"|epi(?:pen|nephrine)?(?: is)? (?:going|given|just|in)|passed out|collapsed|fainted|syncop\w+|suicidal"
    r"|want(?:s|ing)? to die|kill (?:him|her|my|them)sel(?:f|ves)|dolor (?:\w+ )?(?:de|en el) pecho"
    r"|dolor (?:fuerte|opresivo)[^.\n]{0,12}pecho|infarto|derrame|(?:cara|boca"
    r"|sonrisa)(?: \w+){0,3} (?:ca[ií]da|chueca|torcida|de lado|colgada|ladeada|desviada)"
    r"|se le (?:torci[oó]|chuec[oó]|cay[oó]|colg[oó]|durmi[oó]|adormeci[oó]|desvi[oó]|fue de lado"
    r"|paraliz[oó])|(?:brazo|pierna|lado|mano)(?: \w+){0,2} (?:dormid[oa]|d[eé]bil|adormecid[oa]|sin fuerza"
    r"|paralizad[oa])|(?:habla|hablando|palabras)(?: \w+){0,2} (?:arrastra\w*|enreda\w*|raro|mal|trabad\w+)"
    r"|arrastra (?:las palabras|la voz)|opresi[oó]n en el pecho|ataque al coraz[oó]n|se desmay[oó]"
    r"|no (?:me |le )?puede (?:mover|hablar|levantar|caminar)|hinch\w+[^.\n]{0,12}cara|stemi|st elevation"
    r"|o2 sats?(?: of| is| at)? (?:in the )?[67]\d|sats? (?:of |in the |at |are )?(?:[67]\d)|spo2 (?:of "
    r"|is |at )?[67]\d|bp (?:of |is |at )?[5-8]\d(?:/| over )[2-5]\d|pressure (?:is |of |at )?[5-8]\d(?:/"
    r"| over )[2-5]\d|(?:pale|gray|grey|cold|cool|sweaty) (?:and|&|,) (?:clammy|sweaty|pale|gray|grey)"
    r"|clutching (?:his|her) chest|(?:sugar|glucose|bg|fsbs|blood sugar)(?: is| of| was| reads)? (?:[12]\d"
    r"|3\d|low)\b|(?:in )?(?:shock|v-?tach|vtach|vfib)|not making (?:any )?sense|thunderclap|can'?t (?:see"
    r"|stand) all of a sudden|diaphoretic|sweating (?:a lot|profusely|through)|sudando mucho)\b"
)
_GRAVE_TOO = re.compile(
    r"\b(?:garage (?:door )?(?:is )?closed|engine (?:is )?running|carbon monoxide|gush(?:es|ed"
    r"|ing)? of blood|blood vomiting"
    r"|(?:bp|pressure)[^\d\n]{0,6}[5-8]\d ?/ ?p(?:alp)?\b|(?:can'?t|cannot|don'?t|couldn'?t|unable to"
    r"|not) (?:feel|find|get|detect)(?:ing)? (?:a |any "
    r"|his |her )?(?:pulse|heartbeat)"
    r"|(?:lips?|face|fingers?|nails|skin|hands|mouth) (?:is |are |r |look(?:s|ing)? |turn(?:ing|ed) |went "
    r"|gone )?(?:purple|blue|gray|grey|dusky|ashen)\b"
    r"|needle (?:still )?in (?:his |her |their |the )?arm|narcan|naloxone|(?:has |just )?od'?ed\b"
    r"|slumped (?:over|down)|keeled over"
    r"|(?:o2|oxygen|spo2|pulse ox|sats?|o2 sats?)(?: (?:is|are|of|at|in|the|down|to|dropped|dropping"
    r"|reading|reads|only|low|now|were|was))* (?:[4-7]\d|8[0-4])\b(?! ?min| ?hours| ?(?:yo|y/o|year|lb"
    r"|kg|/))"
    r"|(?:floppy|limp) (?:and|,|&) |not (?:waking|rousing|rousable|arousable)|won'?t (?:rouse|open (?:his"
    r"|her) eyes)|(?:isn'?t|not) coming (?:around|to)\b"
    r"|(?:threatening|wants|going|trying) to (?:shoot|stab|hurt|kill) (?:staff|us|me|people|everyone"
    r"|someone"
    r"|somebody|(?:his|her|their) (?:wife|husband|mom|mother|dad|father|kids?|son|daughter|boss|family"
    r"|neighbor|partner|boyfriend|girlfriend))\b(?!')"
    r"|severed|amputat\w+ (?:his|her) (?:finger|hand|thumb) (?:just|in)|(?:spurting|arterial) bleed\w*)"
)
"""Signs that a life is in danger, whatever else is said."""
_GRAVE_NOW = re.compile(
    r"\b(?:throat (?:is |feels |feeling )?(?:tight\w*|clos\w+|swell\w*|itchy)|(?:hives|swelling|swollen"
    r"|wheez\w+|tight\w*)[^.?!\n]{0,40}\b(?:after|from)[^.?!\n]{0,20}"
    r"(?:shot|vaccine|injection|sting|peanuts?|nuts?|shellfish|antibiotic|penicillin|contrast)|(?:bp"
    r"|pressure)[^\d\n]{0,14}(?:2[1-9]\d|3\d\d)(?: ?/ ?| over )1[1-9]\d"
    r"|(?:hr|heart rate|pulse)(?: is| of| at| in the)? (?:1[6-9]\d|2[0-4]\d|[23]\d)\b|went (?:down|limp"
    r"|stiff|out)\b|fell out\b|hit (?:his|her|their) head"
    r"|(?:confused|disoriented|drooling|unsteady|can'?t stand|can'?t see|blind|lost (?:his|her) vision)"
    r"|bleeding (?:a lot|bad|so much|like crazy|from (?:his|her|the))"
    r"|(?:ripping|tearing|crushing|elephant)[^.\n]{0,20}(?:chest|back)|(?:doesn'?t|does not"
    r"|no longer) wants? to (?:live|be here|be alive|wake up)|better off dead"
    r"|contractions?|water (?:just )?broke|worst headache|anaphyla\w+|face (?:is )?(?:numb|droop\w*)"
    r"|slurr\w+"
    r"|left side|right side|can'?t (?:swallow|move))\b"
)
"""Signs that are grave if they come on now."""
_HERE_NOW = re.compile(
    r"\b(?:(?:pt|patient|mr|mrs|ms|baby|kid|man|woman|lady|guy|him|her|them)\.?(?: \w+)? here\b|(?:in "
    r"|exam )(?:exam |room |rm )+\d|in exam|at check-?(?:out|in)|at (?:the )?(?:front )?desk"
    r"|just (?:found|now|then|went|started)|we (?:just )?found|found (?:pt|him|her|patient|them)|(?:\d+"
    r"|five|ten|fifteen|twenty|few|couple) min\w* ago|minutes ago|right now|on the phone|on the line"
    r"|sitting (?:here|in)|lying (?:here|in|on)|in (?:our|the|my) (?:lobby|waiting|office|clinic|parking"
    r"|exam|bathroom|restroom|lab|hall)\w*|all of a sudden|suddenly|ahorita|ahora mismo)"
)
_PAST = re.compile(
    r"\b(?:last (?:week|wk|month|mo|year|yr|night|spring|summer|fall|winter|mon\w*|tue\w*|wed\w*|thu\w*"
    r"|fri\w*|sat\w*|sun\w*|visit|episode)|yesterday|(?:days?|weeks?|wks?|months?|mos?|years?|yrs?) ago"
    r"|in (?:january|february|march|april|may|june|july|august|september|october|november|december|jan"
    r"|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|20\d\d|the ed|ed\b|the er\b|er\b|the hospital)"
    r"|none since|no (?:sx|symptoms|recurrence|episodes|more|further) since|resolved|since then"
    r"|history of|hx of|hx\b|h/o|s/p|r/o|ruled out|rule out|had (?:an? )?(?:\w+ )?(?:episode|stroke|tia"
    r"|heart attack|mi\b|seizure|chest pain|syncop\w+)|episodes? of|discharged|admitted|w/u|workup"
    r"|chronic|intermittent|occasional|sometimes|on and off|off and on|on exertion|with exertion"
    r"|exertional|when (?:climbing|walking|lying|running|he|she|exercising|exerting)|at night"
    r"|with exercise|denies|no (?:cp|chest pain|sob|si\b|bleeding)|stable|negative|neg\b|asymptomatic"
    r"|currently (?:fine|ok|okay|stable|asymptomatic)|follow[- ]?up|f/u|family|post[- ]?(?:stroke|mi|op)"
    r"|x ?\d+ ?(?:d|days?|w|wks?|weeks?|mo|mos|months?|yrs?|years?)\b|for (?:the past |the last "
    r"|about )?(?:\d+|several|a few|two|three|four|six) (?:days|weeks|wks|months|mos|years|yrs)"
    r"|el mes pasado|la semana pasada|ayer|hace (?:\d+|un|una|dos|tres|unos|varios|varias) (?:d[ií]as?"
    r"|semanas?|mes(?:es)?|a[ñn]os?)|not (?:having|in) (?:any )?(?:pain|distress)|in case|policy|protocol"
    r"|what (?:do|should) (?:we|i) do if|ever (?:had|has))\b"
)
_SUPPOSED = re.compile(r"\b(?:if|in case|unless|whether|should (?:she|he|they)|si)\b[^.?!]*$")
"""Words that make what follows them a mere case."""
_VISIT_AHEAD = re.compile(
    r"\b(?:appts?|appointment|visit|scheduled|booked|referral|seeing|sees|cita)\b[^.?!\n]{0,24}?\b(?:in|on"
    r"|for|en) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|next|pr[oó]x)\w*"
)
_NEGATED = re.compile(
    r"\b(?:no|not|denies|denied|without|w/o|never|neg(?:ative)? for|sin|niega|ruled out|r/o|rule out|isn't"
    r"|wasn't|hx of|history of|h/o|past|prior|previous"
    r"|(?<!yr )(?<!yo )(?<!year )(?<!years )(?<!month )(?<!months )(?<!mo )(?<!week )(?<!day )old|had|post"
    r"|s/p|after|for possible|possible|suspected|resolved)[ ](?:\w+[ /]){0,2}$"
)

_NEAR = 160
"""How far from a word of danger its "now", its past or its negation may stand."""
_ENOUGH = 20
"""So many words of danger are weighed; a text with more is no message about one patient."""


_NOT_NOW = re.compile(
    r"\b(?:none|not|nothing|no \w+|isn't|fine|ok|okay|well|better) (?:\w+ )?(?:right now"
    r"|now|currently|at the moment)\b"
)


_LIMB = re.compile(r"(?:arm|leg|side|hand)")
_SUDDEN = re.compile(
    r"\b(?:right now|just (?:now|started|dropped|went)|min\w* ago|min\w*|sudden\w*|here|in (?:room|exam"
    r"|our)|ahorita|on the (?:phone|line)|hour ago)\b"
)
"""A weak limb is grave if it came on this hour, not if it has worsened over weeks."""


_DISTAL = re.compile(r"\b(?:foot|leg|toe|feet|hand|arm|pedal|distal)\b")
"""No pulse there is a bad limb, not a dying patient."""
_SURELY_NOW = re.compile(
    r"\b(?:right now|ahorita|ahora|min\w* ago|hace (?:\w+ ){0,2}min|\d+ ?min|in (?:room"
    r"|rm)|waitin|in front of|on the"
    r"|sudden|just found|in exam|here\b|de repente|just (?:started|collapsed|took|now))"
)
"""Words of now that hold beside words of the past."""
_HERE_BEFORE_US = re.compile(
    r"\b(?:right now|here now|in (?:room|rm) ?\d|waitin|in front of me|minutes? ago|mins? ago"
    r"|just (?:collapsed|started)|ahorita|ahora mismo|is here|in (?:the|our) office)\b"
)
"""Words of now that hold within a whole referral, which tells of the past for the most part."""


def is_emergency(doc: Document) -> bool:
    """Whether the text says that a patient is in danger now; past, ruled out or suspected does not count."""
    lower = doc.words.lower
    weighed = [(_GRAVE, False), (_GRAVE_TOO, False), (_STROKE_OR_HEART, True)]
    if _HERE_NOW.search(lower):
        weighed.append((_GRAVE_NOW, True))
    return any(
        not _is_mere_case(lower, match.start()) and _is_now(doc, match, needs_now)
        for pattern, needs_now in weighed
        for match in islice(pattern.finditer(lower), _ENOUGH)
    )


def _is_mere_case(lower: str, place: int) -> bool:
    """Whether what stands before a word of danger says that it is not so, or only may be."""
    before = lower[max(0, place - 40) : place]
    denied = _NEGATED.search(before[before.rfind("\n") + 1 :]) is not None
    return denied or _SUPPOSED.search(lower, max(0, place - _NEAR), place) is not None


def _is_now(doc: Document, match: re.Match[str], needs_now: bool) -> bool:
    """Whether a word of danger is about this moment, as far as what stands around it says."""
    begin, stop = _around(doc, match.start())
    text = _NOT_NOW.sub(" ", doc.words.lower[begin:stop])
    if match[0].startswith(("no pulse", "pulseless")) and _DISTAL.search(text):
        return False
    if _LIMB.match(match[0]) and not _SUDDEN.search(text):
        return False
    if _is_whole_referral(doc) and not _HERE_BEFORE_US.search(text):
        return False
    now = _NOW.search(text) is not None or _HERE_NOW.search(text) is not None
    past = _PAST.search(_VISIT_AHEAD.sub(" ", text)) is not None
    if needs_now:
        return now and (not past or _SURELY_NOW.search(text) is not None)
    return now or not past


def _is_whole_referral(doc: Document) -> bool:
    return bool(doc.phones) and any(written.year is not None for written in doc.dates)


def _around(doc: Document, place: int) -> tuple[int, int]:
    """The sentence around a place with its neighbours: danger and "now" often stand in two."""
    begin, stop = doc.sentence_at(place)
    begin, stop = max(begin, place - _NEAR), min(stop, place + _NEAR)
    first, *_ = doc.sentence_at(max(0, begin - 1))
    _, last = doc.sentence_at(stop)
    return max(first, begin - _NEAR), min(last, stop + _NEAR)
