"""Payers and plans of the United States, with the short forms that offices type."""

from __future__ import annotations

from referral_bot.reading.tables import forms, words

PAYERS = forms("""
Aetna: atena, aetna health, aetna inc
Aetna Better Health: aetna better
AARP: 
AHCCCS: 
Alignment Health: alignment, alignment health plan
Alliant: alliant health plans
AllWays: allways health partners
AlohaCare: aloha care
Ambetter: ambeter, ambetter health
Amerigroup: ameri group
AmeriHealth: ameri health
AmeriHealth Caritas: 
Anthem: anthem blue cross, anthem bcbs, anthem blue cross blue shield, anthem blue cross and blue shield, elevance
Apple Health: 
Arizona Complete Health: az complete health
Arkansas Total Care: 
AultCare: ault care
Avera: avera health plans
AvMed: av med
Banner: banner health, banner aetna, banner university family care
Blue Care Network: bcn
Blue Cross Blue Shield: bcbs, blue cross, blue cross/blue shield, bluecross blueshield, bluecross, blue cross and blue shield, blue cross & blue shield, bc/bs, bcbs fep, bluecross/blueshield, blue shield, blueshield, bc bs, bcb, bcsb, blue x
Blue Shield of California: blue shield of ca, blue shield ca
BlueCare: 
BlueChoice: blue choice
Bright Health: bright healthcare, brighthealth
Buckeye: buckeye health plan, buckeye health, buckeye community health
CalOptima: cal optima
Capital Blue Cross: capital bluecross, capital blue
CareFirst: care first, carefirst bcbs, carefirst blue cross blue shield, carefirst bluecross blueshield
CareOregon: care oregon
CarePlus: care plus health plans
CareSource: care source
Carolina Complete Health: 
CDPHP: 
Centene: 
CHAMPVA: champ va
Chorus Community Health Plans: chorus, cchp
Cigna: cinga, cigna healthcare, cigna health
Clover Health: clover
Colorado Access: 
Common Ground Healthcare: common ground
Community Care Plan: 
Community Health Choice: 
Community Health Group: 
Community Health Network: 
Community Health Plan of Washington: chpw
CommunityCare: community care
ConnectiCare: connecticare
Cook Children's: cook childrens health plan
Coordinated Care: 
CountyCare: county care
Dean Health Plan: dean health, dean
Denver Health: denver health medical plan
Devoted Health: devoted, devoted health plans
Driscoll: driscoll health plan
El Paso Health: 
EmblemHealth: emblem, emblem health
Evernorth: 
Excellus Blue Cross Blue Shield: excellus, excellus bcbs, excellus bluecross blueshield, excellus blue cross
Fallon: fallon health
Fidelis Care: fidelis
First Choice Health: first choice
First Health: 
Florida Blue: florida blue cross, florida bcbs
Friday Health: friday health plans
GEHA: 
Geisinger: geisinger health plan, geisinger gold, ghp
GHI: 
GlobalHealth: global health
Golden Rule: 
Group Health Cooperative: group health
HAP: health alliance plan
Harvard Pilgrim: harvard pilgrim health care, harvard pilgrim healthcare, hphc
Hawaii Medical Service Association: hmsa
Health Alliance: 
Health First: 
Health First Colorado: 
Health Net: healthnet
Health New England: hne
Health Partners: 
Health Plan of Nevada: hpn
Healthfirst: 
HealthPartners: 
HealthSpring: healthspring
Healthy Blue: 
Highmark: high mark, highmark bcbs, highmark blue cross blue shield, highmark blue shield
Hometown Health: 
Horizon Blue Cross Blue Shield: horizon, horizon bcbs, horizon bcbsnj, horizon nj health, horizon blue cross
Humana: humanna, hummana, humana inc
Husky Health: husky
IEHP: inland empire health plan
Independence Blue Cross: ibc, ibx, independence bluecross
Independent Health: 
Indian Health Service: ihs
Iowa Total Care: 
Johns Hopkins: johns hopkins health plans
Kaiser Permanente: kaiser, kp, kaiser perm
Keystone First: 
Keystone Health Plan East: keystone hpe
LA Care: l.a. care, la care health plan
LifeWise: life wise
Louisiana Healthcare Connections: 
Magellan: 
Magnolia: magnolia health
Martin's Point: martins point
Mass General Brigham Health Plan: mgb health plan
MassHealth: mass health
McLaren: mclaren health plan
MDwise: md wise
Medicaid: medi-caid, state medicaid, medicade, mcaid
Medi-Cal: medical managed, medi cal
Medical Mutual: medical mutual of ohio, med mutual, mmo
Medica: 
Medicare: medicair, traditional medicare, original medicare, straight medicare, medicare fee for service
Mercy Care: mercycare
Meridian: meridian health, meridian health plan
Meritain: meritain health
MetroPlus: metro plus
MHS: managed health services
Moda Health: moda
Molina: molina healthcare, molinna, molena
Mutual of Omaha: 
MVP: mvp health care, mvp healthcare
Nebraska Total Care: 
Neighborhood Health Plan: nhpri, neighborhood health plan of rhode island, neighborhood health plan of ri
Network Health: 
Northwest Health Network: 
Optima: optima health
Optum: 
Oscar: oscar health
Oxford: oxford health plans, oxford health
PacificSource: pacific source, pacificsource health plans, pacificsource health
Paramount: paramount health care
Parkland: parkland community health plan
Partnership HealthPlan: partnership health plan, partnership
Passport: passport health plan
Peach State: peach state health plan
PEHP: 
Physicians Health Plan: phpmi
PreferredOne: preferred one
Premera Blue Cross: premera, premera bcbs, premera blue cross blue shield
Presbyterian: presbyterian health plan, pres health plan
Prestige: prestige health choice
Priority Health: 
Prominence: prominence health plan
Providence: providence health plan, providence health plans
Quartz: quartz health
Railroad Medicare: rr medicare, medicare railroad, railroad mcr
Regence Blue Cross Blue Shield: regence, regence bcbs, regence blue cross, regence bluecross blueshield, regence blueshield, regence blue shield
Rocky Mountain Health Plans: rmhp, rocky mountain health plan, rocky mountain health
Sanford Health Plan: sanford, sanford health
SCAN: scan health plan, scan health
Scott & White: scott and white, baylor scott & white, baylor scott and white, scott & white health plan
Security Health Plan: security health
Select Health: selecthealth
Sharp: sharp health plan
Sierra Health: 
Simply Healthcare: simply, simply health
SoonerCare: sooner care
SummaCare: summa care
Sunflower: sunflower health plan
Sunshine Health: sunshine, sunshine state health plan, sunshine state health
Superior: superior healthplan, superior health plan
Surest: 
TennCare: tenn care
Texas Children's Health Plan: tchp, texas childrens health plan, texas childrens, texas children's
Tricare: tri-care, tri care, tricare east, tricare west
Trillium: trillium community health plan
TriWest: tri west
Tufts: tufts health plan, tufts health
UCare: u care
UMR: 
UnitedHealthcare: uhc, united, united healthcare, united health care, unitedhealth care, united health, unitedhealth, uhc community plan, united hc, unitedhealtcare
Univera: univera healthcare
University of Utah Health Plans: u of u health plans
UPMC: upmc health plan, upmc for you, upmc for life
Upper Peninsula Health Plan: uphp
Veterans Affairs: va community care, va ccn, va optum, va triwest, va choice
Vaya: vaya health
Virginia Premier: 
WellCare: well care
Wellmark: wellmark bcbs, wellmark blue cross, wellmark blue cross blue shield
Wellpoint: 
WellSense: well sense
Western Health Advantage: wha
Western Sky: western sky community care
Workers Compensation: workers comp, worker's comp, workers' comp, work comp, w/c insurance, wc claim
WPS: wps health
""")

PLANS = forms("""
PPO: 
HMO: 
EPO: 
POS: 
HDHP: 
HSA: 
OAP: 
OA: 
SNP: 
D-SNP: dsnp
PFFS: 
CHIP: 
Medicare Advantage: medicare adv, mcr adv, mcr advantage, medicare advtg, med advantage, medicare replacement, mapd, adv medicare, medicare advange
Medicare: mcr
Medicaid: mcaid, mdcd, medicade
Part A: 
Part B: 
Part A and B: part a/b, parts a and b, part a & b, a/b
Prime: 
Select: 
Choice: 
Choice Plus: 
Navigate: 
Nexus: 
Charter: 
Core: 
Advantage: 
Complete: 
Dual Complete: 
Gold: 
Gold Plus: 
Silver: 
Bronze: 
Platinum: 
Open Access: 
Open Access Plus: 
LocalPlus: local plus
SureFit: 
Connect: 
Marketplace: 
Exchange: 
Blue Access: 
Blue Preferred: 
Blue Choice: 
Blue Options: blueoptions
Blue Advantage: 
Blue Local: 
Blue Select: 
BlueCard: 
Federal: fep, federal employee program
Standard: 
Basic: 
Preferred: 
Premier: 
Plus: 
Premium: 
Value: 
Essential: essential plan
Enhanced: 
Classic: 
Elite: 
Star: 
STAR: 
STAR+PLUS: star plus
Community Plan: 
Managed Medicaid: 
Commercial: comm
Individual: 
Indemnity: 
Traditional: 
Family Health Plus: 
Child Health Plus: chp
Student: student plan
Reserve Select: 
For Life: 
Group: 
""")

PLAN_TYPES = words("PPO HMO EPO POS HDHP OAP SNP PFFS Medicaid Medicare Advantage MA Plan CHIP")
"""Words that end the name of a plan: whatever stands between a payer and one of them belongs to the plan."""

STATES = words("""AL AK AZ AR CA CO CT DE FL GA HI ID IL IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH
OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC
Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho Illinois Indiana
Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri Montana Nebraska
Nevada Ohio Oklahoma Oregon Pennsylvania Tennessee Texas Utah Vermont Virginia Washington Wisconsin Wyoming""")
"""Where a Blue plan is from ("BCBS of Tennessee", "BCBSAZ"); names of two words are left to the pattern."""
