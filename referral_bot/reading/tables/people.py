"""Words around people: titles, credentials, relations, languages."""

from __future__ import annotations

from referral_bot.reading.tables import forms, words

DOCTOR_TITLES = words("dr dr. doctor doctora dra drs doc")
PATIENT_TITLES = {
    "mr": "male",
    "mister": "male",
    "mrs": "female",
    "ms": "female",
    "miss": "female",
    "sr": "male",
    "sra": "female",
    "srta": "female",
}
CREDENTIALS = words(
    "md do np pa pa-c pac fnp fnp-c fnp-bc aprn arnp dnp crnp cnp cnm dpm agnp pnp cpnp phd facc facp mbbs anp whnp dds od"
)
SENDER_CREDENTIALS = words("rn lpn ma cma rma lvn mha bsn")
"""Those of the people who type, never of an ordering provider."""

RELATIONS = forms("""
mother: mom, mum, mama, mamá, madre, mommy, ma's
father: dad, papa, papá, padre, daddy
parent: parents, padres
wife: esposa
husband: hubby, esposo, marido
spouse: 
partner: pareja
son: hijo
daughter: dtr, hija, dghtr, daugther, daughter in law, daughter-in-law
grandmother: grandma, gma, abuela, nana, gramma, granny
grandfather: grandpa, gpa, abuelo
grandparent: 
grandson: nieto
granddaughter: nieta
sister: sis, hermana
brother: bro, hermano
aunt: auntie, tía, tia
uncle: tío, tio
niece: sobrina
nephew: sobrino
cousin: prima, primo
guardian: legal guardian, tutor, tutora
caregiver: caretaker, carer, cuidadora, cuidador
foster mother: foster mom
foster father: foster dad
foster parent: 
stepmother: stepmom, step mom, step-mom, step mother
stepfather: stepdad, step dad, step-dad, step father
friend: 
neighbor: 
case manager: caseworker, case worker
power of attorney: poa
""")

SEXES = {
    "m": "male",
    "male": "male",
    "man": "male",
    "gentleman": "male",
    "boy": "male",
    "hombre": "male",
    "masculino": "male",
    "f": "female",
    "female": "female",
    "woman": "female",
    "lady": "female",
    "girl": "female",
    "mujer": "female",
    "femenino": "female",
    "fem": "female",
}

LANGUAGES = {
    "albanian": "sq",
    "amharic": "am",
    "arabic": "ar",
    "armenian": "hy",
    "asl": "ase",
    "american sign language": "ase",
    "sign language": "ase",
    "bengali": "bn",
    "bosnian": "bs",
    "bulgarian": "bg",
    "burmese": "my",
    "cambodian": "km",
    "cantonese": "yue",
    "cape verdean creole": "kea",
    "chinese": "zh",
    "creole": "ht",
    "croatian": "hr",
    "czech": "cs",
    "danish": "da",
    "dari": "prs",
    "dutch": "nl",
    "english": "en",
    "inglés": "en",
    "ingles": "en",
    "farsi": "fa",
    "finnish": "fi",
    "french": "fr",
    "francés": "fr",
    "frances": "fr",
    "german": "de",
    "greek": "el",
    "gujarati": "gu",
    "haitian": "ht",
    "haitian creole": "ht",
    "kreyol": "ht",
    "hebrew": "he",
    "hindi": "hi",
    "hmong": "hmn",
    "hungarian": "hu",
    "igbo": "ig",
    "ilocano": "ilo",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "karen": "kar",
    "khmer": "km",
    "kinyarwanda": "rw",
    "korean": "ko",
    "kurdish": "ku",
    "lao": "lo",
    "laotian": "lo",
    "lingala": "ln",
    "lithuanian": "lt",
    "mandarin": "zh",
    "marshallese": "mh",
    "mixteco": "mix",
    "navajo": "nv",
    "nepali": "ne",
    "norwegian": "no",
    "oromo": "om",
    "pashto": "ps",
    "persian": "fa",
    "polish": "pl",
    "polaco": "pl",
    "portuguese": "pt",
    "portugués": "pt",
    "punjabi": "pa",
    "romanian": "ro",
    "russian": "ru",
    "ruso": "ru",
    "samoan": "sm",
    "serbian": "sr",
    "slovak": "sk",
    "somali": "so",
    "spanish": "es",
    "español": "es",
    "espanol": "es",
    "swahili": "sw",
    "swedish": "sv",
    "tagalog": "tl",
    "filipino": "tl",
    "tamil": "ta",
    "telugu": "te",
    "thai": "th",
    "tigrinya": "ti",
    "tongan": "to",
    "turkish": "tr",
    "twi": "tw",
    "ukrainian": "uk",
    "urdu": "ur",
    "uzbek": "uz",
    "vietnamese": "vi",
    "wolof": "wo",
    "yiddish": "yi",
    "yoruba": "yo",
}
