"""Attempts to get at what is not the sender's, and questions about somebody else's patient."""

from __future__ import annotations

import re
from itertools import islice

from referral_bot.reading.document import Document

_PROBE = re.compile(
    r"\b(?:ignore (?:all |any |your |the |my |these |previous |prior |above )*(?:instructions|prompts?"
    r"|rules|directions|guidelines|restrictions|training)|disregard (?:all |any |your |the |previous "
    r"|prior )*(?:instructions|rules|prompts?|guidelines)|system prompt|(?:your|the) (?:prompt"
    r"|hidden (?:rules|instructions)|initial instructions)|developer mode|debug mode|admin (?:mode"
    r"|override|access)|override (?:code|mode|your)|jailbreak|dan mode|act as (?:if|an?|the)"
    r"|pretend (?:you|to be|that|i)|you are (?:now|no longer) |from now on you|you are the (?:records"
    r"|admin)|new instructions|roleplay|repeat (?:everything|the text|your instructions)|(?:bypass"
    r"|turn off|disable) (?:the |your )?(?:privacy|security|filter|checks|rules)|sudo\b|root access"
    r"|drop table|select \*|<script|base64|olvida (?:tus|las|todas)|ignora (?:tus|las|todas|todo))\b"
)
_OTHERS_DATA = re.compile(
    r"\b(?:(?:everyone|everybody) (?:that |who )?(?:dr\.?|doctor|you)[^.?!\n]{0,24}\b(?:see\w*|saw"
    r"|schedul\w*|has|have|treat\w*)|(?:every|all(?: of)?(?: the| your)?|any|each"
    r"|list(?: of)?(?: all)?(?: the| your)?|whole list of|names? of(?: all)?(?: the| your)?|other|which"
    r"|what|who are (?:the|your)?|how many) (?:\w+ ){0,2}?(?:patients?|pts|pt names|people|appts?"
    r"|appointments|visits|records|charts|names)\b[^.?!\n]{0,70}?\b(?:on file|named"
    r"|with (?:the )?(?:last )?name|schedule[d]?|on your (?:books|schedule|list)|your books|see(?:s|n|ing)?"
    r"|(?:from|for|of) (?:all|any|other|every|the other)[^.?!\n]{0,12} (?:offices?|clinics?|practices?)|dob"
    r"|dobs|birth\w*|phone numbers?|ssn|socials?|insurance|addresses|database|in your system|this week"
    r"|today|tomorrow|this month|(?:did|do|does) (?:dr|doctor)|hiv|pregnan\w*|std|cancer|addict\w*)|(?:from"
    r"|of|for) (?:all|the other|other|every) (?:the |your |of the |of your )?(?:offices?|clinics?|practices"
    r"|referr\w+)|other (?:offices'?|clinics'?|practices'?|office's|clinic's|practice's) (?:referrals?"
    r"|patients?|pts|list|numbers|status)|(?:another|a different|the other) (?:office|clinic"
    r"|practice)(?:'s)? (?:referrals?|patients?|pts|list)|who (?:else )?(?:is|are|was|were) (?:on|seeing"
    r"|scheduled|coming|being seen|in)[^.?!\n]{0,30}(?:schedule|dr|doctor|today|tomorrow|clinic|this week"
    r"|books)|(?:dump|export|download|send|give|show|print|pull|get|email)[^.?!\n]{0,24}(?:database|csv"
    r"|spreadsheet|excel|patient list|pt list|full list|entire (?:list|schedule)|whole schedule"
    r"|schedule for (?:dr|doctor|everyone)|everyone'?s)|patient list|is it true\b[^?!.]{0,60}\b(?:sees?"
    r"|seeing|goes to|patient|pt|treated|comes?|going)\b|\b(?:celebrity|famous|weatherman|news anchor"
    r"|anchorman|quarterback|the (?:mayor|governor|sheriff|coach|principal|pastor|senator|judge)"
    r"|congress\w+)\b[^?!.]{0,60}\b(?:sees?|seen|seeing|patient|pt|coming|appointment|appt|scheduled"
    r"|treated)\b|(?:full|entire|whole|complete) (?:schedule|calendar|roster|census)"
    r"|dr\.? [a-z'-]+'?s? (?:full |whole |entire )?(?:patient list|panel|roster|schedule (?:with|names))"
    r"|names (?:and|\+|&|,|with) (?:dobs?|birth\w*|phones?|numbers|insurance)|home address of"
    r"|social security|todos los pacientes|lista de pacientes|pacientes de (?:otr|todas))\b"
)
_STRANGER = re.compile(
    r"\b(?:(?:we|i) (?:didn'?t|did not|never) (?:send|refer|sent)|not (?:our|my|one of our|ours"
    r"|a) (?:own )?(?:patient|pt|referral)|isn'?t (?:our|my|one of ours|ours)|(?:another|a different"
    r"|some other|other) (?:clinic|office|practice|doctor|dr|provider|group)(?: \w+){0,2} (?:sent|referred"
    r"|is sending|refers|put in)|sent (?:by|from|over by|in by) (?:another|a different|someone else"
    r"|some other)|(?:sent|referred) (?:him|her|them|it)?,? ?not us|not us\b|(?:he|she|they)(?:'s| is| are"
    r"| was|'re) (?:not|no longer) (?:ours|our|a patient (?:here|of ours)|one of ours)"
    r"|someone else'?s patient|referred by (?:another|a different)|no es (?:nuestro|nuestra)"
    r"|otra cl[ií]nica (?:lo|la) mand[oó]|not through us|didn'?t come (?:from|through) us"
    r"|went through (?:another|a different)|(?:don'?t|didn'?t|not)[^.?!]{0,24}(?:came|come|coming|from"
    r"|through|thru) (?:from |through |thru )?us|(?:hospital|er|ed|clinic|another \w+|someone"
    r"|other \w+)[^.?!]{0,20} referred (?:him|her|them)(?: over)?,? not)\b"
)
_PRIVATE_TIES = re.compile(
    r"\b(?:my (?:\w+'s )?(?:neighbor|sister|brother|cousin|ex|ex-\w+|friend|aunt|uncle|mother|father|mom"
    r"|dad|husband|wife|daughter|son|niece|nephew|coworker|boss|landlord|boyfriend|girlfriend|roommate"
    r"|in-law|mother-in-law|sister-in-law|brother-in-law|grandma|grandmother|grandpa)\b|wife's"
    r"|husband's cousin|book club|church|asked me to peek|just (?:curious|nosy|being nosy)"
    r"|a friend of (?:mine|ours|the family)|personal favor|between us|off the record)\b"
)


_ENOUGH = 20
"""So many words about others are weighed; a text with more is no message about one patient."""


def is_probe(doc: Document) -> bool:
    """Whether the text tries to change the rules, or asks for the data of patients that are not the
    sender's.
    """
    lower = doc.words.lower.replace("dr. ", "dr  ")
    if _PROBE.search(lower):
        return True
    for match in islice(_OTHERS_DATA.finditer(lower), _ENOUGH):
        begin, stop = doc.sentence_at(match.start())
        sentence = lower[begin:stop]
        if re.search(
            r"\b(?:we|i|our office|my office|us) (?:have |'ve |still have |currently have |got )?(?:sent"
            r"|send|refer\w*|have|got|open)\b|\bour (?:open |own |pending |active )*(?:patients|pts"
            r"|referrals|list|ones)\b|\bof ours\b|\bmy (?:patients|pts|referrals)\b|for us\b|\bnuestr\w+",
            sentence,
        ) and not re.search(
            r"\b(?:other|all the|every|another|all of your|all your) (?:offices?|clinics?|practices?)"
            r"|everyone'?s",
            sentence,
        ):
            continue
        if re.search(r"\bnew (?:patients|pts)\b", match[0]) or re.search(
            r"\bpatients? (?:with|who have)\b.{0,80}\b(?:take|accept|see)\b|\b(?:do|does|are|can) (?:you"
            r"|dr \w+) (?:see|seeing|take|taking|accept|accepting)\b",
            sentence,
        ):
            continue
        return True
    return False


def says_not_ours(doc: Document) -> bool:
    """Whether the sender says that somebody else sent the patient, or that the question is a private one."""
    lower = doc.words.lower
    return _STRANGER.search(lower) is not None


def has_private_ties(doc: Document) -> bool:
    """Whether the sender asks as a relative or acquaintance."""
    return _PRIVATE_TIES.search(doc.words.lower) is not None
