"""Specialties with the short forms that offices type."""

from __future__ import annotations

from referral_bot.reading.tables import forms

SPECIALTIES = forms("""
allergy and immunology: allergy/immunology, allergy & immunology, allergy, allergist, immunology, immunologist, alergia
audiology: audiologist
bariatric surgery: bariatrics, bariatric, bariatric surgeon, weight loss surgery
breast surgery: breast surgeon
cardiology: cards, cardiologist, cardio, heart clinic, cardilogy, cardiolgy, cardiologia, cardiología, cardiólogo, cardiologo, cardióloga
cardiothoracic surgery: ct surgery, cardiothoracic, heart surgery, cardiac surgery, thoracic surgery, thoracic surgeon
colorectal surgery: colorectal, colorectal surgeon
dermatology: derm, dermatologist, dermatolgy, dermatologia, dermatología, dermatólogo, dermatologo, dermatóloga
electrophysiology: ep clinic, cardiac electrophysiology
endocrinology: endo, endocrine, endocrinologist, endocrin, endocrinologia, endocrinología, endocrinólogo, endocrinologo, endocronology
gastroenterology: gi, g.i., gastro, gastroenterologist, gastroenterologia, gastroenterología, gastroenterólogo, gastroenterologo, gastoenterology
general surgery: gen surg, gen surgery, surgery, general surgeon, surgeon, cirugia general, cirugía general, cirujano, gensurg
genetics: geneticist, genetic counseling
geriatrics: geriatrician, geriatric medicine
gynecology: gyn, obgyn, ob/gyn, ob gyn, gynecologist, gyne, ginecologia, ginecología, ginecólogo, ginecologo, ob-gyn
hand surgery: hand surgeon, hand clinic, hand specialist
hematology: heme, hematologist, hematologia, hematología
hematology and oncology: heme/onc, hem/onc, hem onc, heme onc, hematology/oncology, hematology oncology, hemonc
hepatology: liver clinic, hepatologist
infectious disease: infectious diseases, id clinic
maternal fetal medicine: mfm, maternal-fetal medicine, perinatology
nephrology: neph, renal, nephro, nephrologist, nefrologia, nefrología, nefrólogo, nefrologo, kidney clinic, nephorology
neurology: neuro, neurologist, neurolgy, neurologia, neurología, neurólogo, neurologo, neuróloga, pediatric neurology, peds neuro, nuero, nuerology
neurosurgery: nsgy, neurosurg, neuro surgery, neurosurgeon
nutrition: dietitian, dietician, nutritionist, medical nutrition therapy
occupational therapy: 
oncology: onc, oncologist, oncologia, oncología, med onc, medical oncology
ophthalmology: ophtho, ophth, ophthalmologist, opthalmology, optho, eye clinic, oftalmologia, oftalmología, oftalmólogo, oftalmologo, retina, retina specialist
oral surgery: oral surgeon, omfs
orthopedics: ortho, orthopedic, orthopaedics, orthopaedic, orthopedist, orthopedic surgery, orthopaedic surgery, orthopedic surgeon, ortho surgery, ortopedia, ortopedista, traumatologia, traumatología, orthpedics, ortho spine, orthopods
otolaryngology: ent, e.n.t., otolaryngologist, ear nose throat, ear nose and throat, otorrino, otorrinolaringología, otorrinolaringologia, otorrinolaringólogo, oto
pain management: pain mgmt, pain clinic, pain medicine, pain mngt
palliative care: palliative
pediatric cardiology: peds cards, peds cardiology
pediatric surgery: peds surgery
physical medicine and rehabilitation: pm&r, pmr, physiatry, physiatrist, pm & r
physical therapy: physical therapist, fisioterapia
plastic surgery: plastics, plastic surgeon
podiatry: podiatrist, foot doctor, podiatria, podología
psychiatry: psych, psychiatrist, psiquiatria, psiquiatría, psiquiatra
psychology: psychologist
pulmonology: pulm, pulmonary, pulmonologist, pulmonary medicine, neumologia, neumología, neumólogo, neumologo, lung clinic, pulmonolgy, pulmo
radiation oncology: rad onc
reproductive endocrinology: fertility, rei
rheumatology: rheum, rheumatologist, reumatologia, reumatología, reumatólogo, reumatologo, rhuematology, rheumatolgy
sleep medicine: sleep clinic, sleep specialist
speech therapy: slp clinic, speech language pathology
spine surgery: spine surgeon, spine clinic, spine center, spine
sports medicine: sports med
transplant: transplant surgery
urogynecology: urogyn
urology: uro, urologist, urolgy, urologia, urología, urólogo, urologo
vascular surgery: vascular, vasc, vasc surg, vascular surgeon, vein clinic, vasc surgery, vascular clinic, cirugia vascular, cirugía vascular
wound care: wound clinic
""")

AMBIGUOUS = frozenset(
    [
        "ent",
        "id",
        "retina",
        "allergy",
        "surgery",
        "surgeon",
        "spine",
        "transplant",
        "vascular",
        "renal",
        "pulmonary",
        "pulm",
        "neuro",
        "psych",
        "cardio",
        "endo",
        "uro",
        "oto",
        "ortho",
        "gi",
        "gyn",
        "derm",
        "onc",
        "heme",
        "cards",
        "rei",
        "rheum",
        "nutrition",
        "fertility",
        "endocrine",
        "cardiac",
        "palliative",
    ]
)
"""Forms that also stand in clinical words ("renal failure"): a specialty only where something says so."""
