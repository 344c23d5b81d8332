"""Titles, credentials and the sexes, as people write them."""

from __future__ import annotations

DOCTOR_TITLES = frozenset(["dr", "doctor", "doctora", "dra", "drs", "doc", "prof", "professor"])
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
CREDENTIALS = frozenset(
    [
        "md",
        "do",
        "np",
        "pa",
        "pac",
        "fnp",
        "aprn",
        "arnp",
        "dnp",
        "crnp",
        "cnp",
        "cnm",
        "dpm",
        "agnp",
        "pnp",
        "cpnp",
        "facc",
        "facp",
        "mbbs",
        "anp",
        "whnp",
        "dds",
        "od",
        "phd",
        "apnp",
        "agacnp",
        "agpcnp",
        "fnpc",
        "acnp",
        "dmsc",
        "dc",
        "psyd",
        "lcsw",
    ]
)
SENDER_CREDENTIALS = frozenset(["rn", "lpn", "ma", "cma", "rma", "lvn", "mha", "bsn"])
"""Those of the people who type, never of an ordering provider."""

SEXES = {
    "m": "male",
    "male": "male",
    "man": "male",
    "gentleman": "male",
    "hombre": "male",
    "masculino": "male",
    "f": "female",
    "female": "female",
    "woman": "female",
    "lady": "female",
    "mujer": "female",
    "femenino": "female",
}
