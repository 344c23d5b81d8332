"""Kinds of documents, as one name each with what people call them."""

from __future__ import annotations

from referral_bot.reading.tables import forms

DOCUMENTS = forms("""
audiogram: audiograms, audio report, hearing test
biopsy: bx report, biopsy report, biopsy results, path report, pathology report, pathology
cath: cath report, cath results
chest x-ray: cxr, chest xray, chest x ray
colonoscopy: colonoscopy report, c-scope report, colonoscopy results
consult note: consult notes, consultation note, consult report, visit report
ct: cat scan, ct scan, ct report, ct scan report, cta, ct results
demographics: face sheet, facesheet, demo sheet, demographic sheet, demos
discharge summary: dc summary, d/c summary, hospital records, discharge paperwork
echo: echocardiogram, tte, echo report, echo results
eeg: eeg report
ekg: ecg, ekgs, ekg strip, ekg tracing, ekg strips, ecg strip, 12 lead, 12-lead, electrocardiograma
emg: emg report, ncs, emg/ncs, emg/ncv, nerve conduction study
event monitor: zio, zio patch, zio report, loop recorder
holter: holter report, holter monitor, holter results, holter monitor report
insurance card: ins card, insurance cards, copy of card, copy of insurance card, tarjeta del seguro
labs: lab, lab results, lab report, lab work, labwork, bloodwork, blood work, bmp, cbc, cmp, a1c results, bmp results, blood tests, laboratorios, lipid panel, tsh results, lab reports, laboratorio, análisis, analisis
mammogram: mammo, mammogram report, mammo report
med list: medication list, meds list, medications list
mri: mri report, mri results, mri disc, mra, mri report and disc, resonancia, mri reports
office notes: office note, clinic notes, clinic note, visit notes, visit note, progress notes, progress note, chart notes, chart note, ov notes, ov note, ofc notes, ofc note, soap note, notes, last note, h&p, h and p, encounter note, last visit, notas, nota, note, last visit notes
operative report: op note, op report, operative note, op notes
order: signed order, orders
pft: pfts, pft report, pft results, spirometry, pulmonary function test, pulmonary function tests
photos: photo, pictures, pics, picture, pic, fotos
prior auth: auth letter, approval letter, authorization letter, pa approval, auth approval, auth form
records: medical records, med records, recs, chart, packet, referral packet, paperwork, records request, expediente, documents, docs, documentos, the fax, records packet
referral: referral form, referral order, the referral
sleep study: psg, sleep study report, polysomnogram, polysomnography
stress test: stress test report, nuclear stress, nuc stress, treadmill, stress echo report
ultrasound: u/s, us report, ultrasound report, sono, sonogram, us results, doppler, duplex, ultrasound images, thyroid us, renal us, abd us, carotid doppler, carotid duplex, ultrasonido
urodynamics: 
x-ray: xray, x ray, xrays, x-rays, x rays, films, x-ray report, xray report, xr, radiographs, radiograph, placa, radiografía, radiografia
imaging: images, imaging report, imaging reports, imaging disc
""")
