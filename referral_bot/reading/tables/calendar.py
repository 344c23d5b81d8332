"""Words for days, months and parts of the day, in English and Spanish."""

from __future__ import annotations

from referral_bot.reading.tables import table

MONTHS = {
    form: number
    for number, listed in enumerate(
        (
            "jan january ene enero",
            "feb february febrero febuary",
            "mar march marzo",
            "apr april abr abril",
            "may mayo",
            "jun june junio",
            "jul july julio",
            "aug august ago agosto",
            "sep sept september septiembre setiembre",
            "oct october octubre",
            "nov november noviembre",
            "dec december dic diciembre",
        ),
        start=1,
    )
    for form in listed.split()
}

WEEKDAYS = {
    form: number
    for number, listed in enumerate(
        (
            "mon monday mondays mons lunes",
            "tue tues tuesday tuesdays tuesdy martes",
            "wed weds wednesday wednesdays wendsday wensday miércoles miercoles",
            "thu thur thurs thursday thursdays thrusday jueves",
            "fri friday fridays fris viernes",
            "sat saturday saturdays sábado sabado sábados sabados",
            "sun sunday sundays domingo domingos",
        )
    )
    for form in listed.split()
}

DAY_KEYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


PART_FORMS = table("parts_of_day", own=False)

NUMBER_WORDS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "couple": 2,
    "few": 3,
    "un": 1,
    "una": 1,
    "dos": 2,
    "tres": 3,
    "cuatro": 4,
    "cinco": 5,
    "seis": 6,
    "both": 2,
    "pair": 2,
}

ORDINAL_WORDS = {
    "first": 1,
    "1st": 1,
    "primera": 1,
    "primero": 1,
    "second": 2,
    "2nd": 2,
    "segunda": 2,
    "segundo": 2,
    "third": 3,
    "3rd": 3,
    "tercera": 3,
    "tercero": 3,
    "fourth": 4,
    "4th": 4,
    "cuarta": 4,
    "fifth": 5,
    "5th": 5,
    "quinta": 5,
    "last": -1,
    "última": -1,
    "ultima": -1,
}
