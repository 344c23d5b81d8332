"""Everyday words of messages between offices: never names, never clinical."""

from __future__ import annotations

from referral_bot.reading.tables import words

FUNCTION_WORDS = words("""
a an the this that these those it its it's he she they we i you u ya yall y'all your yours his her hers their our my me
him them us who whom whose which what when where why how and or but nor so if then than as at by for from in into of off
on onto out over per to too up with without w w/ via about after before between during until til till since through thru
is isn't isnt are aren't arent was wasn't wasnt were be been being am i'm im he's hes she's shes that's thats there there's
theres here here's heres has have had having haven't hasn't hadn't do does did doing don't dont doesn't doesnt didn't
didnt can can't cant cannot could couldn't couldnt will won't wont would wouldn't wouldnt shall should shouldn't may might
must not no yes ok okay also just only still yet again very really all any both each either every some such same other
another more most less least much many few one two three now we're were they're theyre you're youre we've weve i've ive
i'll ill we'll let let's lets b4 bc cuz because tho though although however plus
el la los las un una unos unas de del al en por para con sin que es son está esta están tiene tienen y o u su sus se le
lo les me mi mis nos nuestra nuestro te tu como cuando donde si no ya muy más mas pero también tambien hay fue ha han
este estos estas ese esa eso ella él ellos soy somos
""")

CHAT_WORDS = words("""
accept accepted accepting add added adding address afternoon appointment appointments appt appts apt asap ask asking
assistance attached available avail back begin best birthday book booked booking born bot busted calendar call called
calling calls cell cellphone chart check checking clinic close come coming complete confirm confirmed contact cool coverage
coordinator cn come date day days dear department direct dob doc doctor doctors docs done dr earliest easier else email
enclosed ever everyone everything exactly fax faxed faxing feel feels file find fine first folks follow following form
forward forwarded free friday front full fwd gender get gets getting give given go goes going good got great greetings
guys handle handles happen happens happy hasn hear hello help hey hi hiya hold hola home hope hour hours id info
information ins insurance insured intake issue item items keep kind kindly know last late later leave left letting line
lives look looking lot lovely made mail make makes making manager mbr meantime medical member message mins mobile monday
morning morn moved move name named names need needed needing needs new next nice none note noted notes nothing notice
number numbers oh ok open opening openings order ordered ordering orders original page patient patients people per person
phone ph pick pickup place plan please plz pls possible practice prefer preferred prefers primary prior priority problem
procedure process provider providers pt pts pull put question questions quick ready receive received record records ref
refer referal referals referral referrals refered referred referring refers regarding regards release report request
requested requesting requests respond response right rn routine ring say says schedule scheduled scheduler scheduling
secondary see seen select send sender sending sends sent set sex she shift sign signed sincerely slot slots sometime
somebody someone something soon sooner sorry sort specialist specialty spoke squeeze sqeeze staff start status still stop
submit submitted submitting sure surg surgery take taken takes taking talk team tel telephone tell thank thanks thx thnx
ty tks thing things think this time times today together told tomorrow tonight took touch transfer tried try trying
tuesday thursday wednesday saturday sunday type update updated updates urgent use using verify visit waiting wait want
wanted wants way wed week weeks went willing wish word work working works year years yesterday yep yup yeah yo y/o
subject attn sincerely cheers best fwd begin end cover pages transmittal date regards summary encl enclosed thank
january february march april june july august september october november december
portal signature printed electronically confidential confidentiality notice health document contains error destroy
authorizing coverage group allergies english lang pref age old older younger
mon tue tues wed thu thur thurs fri sat sun am pm noon
aqui aquí ahorita ahora buenas buenos dias días tardes hola gracias favor porfa porfavor necesito necesita necesitamos
quiero queremos quisiera quisiéramos mandar mandamos mando manda enviar enviamos envio envío envía referir referimos
refiero referido referida referencia paciente pte nueva nuevo cita citas seguro celular cel teléfono telefono tel número
numero fecha nacimiento nacida nacido nació nacio doctor doctora dra sr sra señor señora urgente pronto posible oye
puede pueden podrían podria podría favor llamar llame llamen hoy semana próxima proxima hijo
""")

REQUEST_WORDS = words("""
hey hi hello hiya cn can could would please pls plz you u yall refer referring referral referal send sending sent need needs
needed new pt patient squeeze sqeeze get got in here accept add adding another one for heres here's have lady guy gentleman
kid want wants like seen see him her asap his submit submitting start starting put through place good morning afternoon
evening team all there thanks thank thx schedule scheduled appointment appt consult eval evaluation evaluate
evaluated visit book booked
""")
