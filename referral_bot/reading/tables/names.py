"""Given names and surnames common in the United States: to tell names from words, and slips from names."""

from __future__ import annotations

from referral_bot.reading.tables import words

GIVEN_NAMES = words("""
aaliyah aaron abdi abdul abel abigail abraham ada adam adaeze addison adela adele adelaide adeline adriana adrian
adrienne agatha agnes ahmed aidan aiden aileen aimee aisha akira al alan alana alba albert alberta alberto alden
alejandra alejandro alexa alexander alexandra alexandria alexis alfonso alfred alfredo alice alicia alina alisa
alison allan allen allison allyson alma alondra alonzo alphonso althea alvaro alvin alyssa amalia amanda amara amari
amber amelia amina amir amy ana anastasia andre andrea andreas andres andrew andy angel angela angelica angelina
angelo angie anika anita anjali ann anna annabelle anne annette annie ansel anthony antoine antoinette anton antonia
antonio april araceli arabella archie ariana arianna ariel arjun arlene armando arnold arthur arturo asha ashley
ashton asia astrid aubrey audrey august augustus aurora austin autumn ava avery axel ayesha aziza bailey barbara barry
beatrice beatrix beatriz beau becky belen belinda ben benedict benita benjamin bennett bernadette bernard bernardo
bernice bert bertha bessie beth bethany betsy bettina betty beulah beverly bianca bill billie billy blaine blake
blanca blanche bob bobbie bobby bonita bonnie boris brad bradley brady brandi brandon brandy braxton brayden breanna
brenda brendan brenna brent brett brian briana brianna bridget brigid brittany brittney brody bronwyn brooke brooks
bruce bruno bryan bryce bryson byron caden caitlin caleb calvin camden cameron camila camille candace candice cara
carina carissa carl carla carlos carlotta carlton carly carmela carmen carol carole carolina caroline carolyn carrie
carroll carson carter carey cary casey cassandra cassie catalina catherine cathleen cathy cecelia cecil cecilia celeste
celia cesar chad chandler chandra charity charlene charles charlie charlotte chase chelsea cheryl chester chiara chloe
chris christa christian christie christina christine christopher christy chuck ciara cindy claire clara clarence
clarissa clark claude claudia claudette clay clayton clement cleo cleopatra cliff clifford clifton clint clinton clyde
cody colby cole colette colin colleen collin connie connor conrad constance consuelo cooper cora corey corinne cornelius
cornelia cory courtney craig cristian cristina cruz crystal curtis cynthia cyrus daisy dakota dale dalia dallas damian
damien damon dan dana daniel daniela danielle danny dante daphne darius darla darlene darnell darrell darren darryl
daryl dave david dawn dean deandre deanna debbie deborah debra declan deirdre delia delores deloris denise dennis
derek derrick desiree desmond destiny devin devon devonte dexter diana diane dianne diego dimitri dina dion dirk dmitri
dolores dominic dominique don donald donna donnie donovan dora doreen doris dorothea dorothy doug douglas drew duane
duncan dustin dwayne dwight dylan earl earnest ebony ed eddie edgar edith edmund edna eduardo edward edwin edwina
effie eileen elaine eleanor elena eli elias elijah elisa elisabeth elise eliseo eliza elizabeth ella ellen ellie elliot
elliott ellis elmer eloise elsa elsie elvira elvis emanuel emeka emilia emiliano emilio emily emma emmanuel emmett
enrique eric erica erick erik erika erin ernest ernestine ernesto ervin esmeralda esperanza esteban estella estelle
esther ethan ethel eugene eugenia eunice eva evan evangeline eve evelyn everett ezekiel ezequiel ezra faith fannie
fatima fatou fatoumata faye felicia felicity felipe felix fernanda fernando fidel fiona flora florence floyd forrest
frances francesca francine francis francisco frank frankie franklin fred freda freddie frederick fredrick gabriel
gabriela gabriella gabrielle gail garrett garry gary gavin gayle gene genevieve geoffrey george georgia georgina gerald
geraldine gerard gerardo gertrude gianna gideon gilbert gilberto gina ginger giovanni gisela giselle gladys glen glenda
glenn gloria gordon grace gracie graciela graham grant greg gregg gregory greta gretchen griffin guadalupe guillermo
gus gustavo guy gwen gwendolyn hailey hannah hank harlan harley harmony harold harper harriet harrison harry harvey
hassan hattie hayden hazel heather hector heidi helen helena helene henrietta henrik henry herbert herman hilary hilda
holly homer hope horace hortensia howard hubert hudson hugh hugo humberto hunter hussein ian ibrahim ida ignacio igor
ike ileana ilse iman imani imelda ingrid inez ira irene iris irma irving isaac isabel isabella isabelle isaiah isaias
isla ismael israel ivan ivy jace jack jackie jackson jaclyn jacob jacqueline jacquelyn jada jade jaime jake jalen jamal
james jamie jan jana jane janelle janet janice janine jared jasmin jasmine jason jasper javier jaxon jay jayden jayla
jean jeanette jeanine jeanne jeannie jeff jeffery jeffrey jenna jennie jennifer jenny jerald jeremiah jeremy jermaine
jerome jerrold jerry jesse jessica jessie jesus jill jillian jim jimmie jimmy jo joan joann joanna joanne joaquin jocelyn
jodi jody joe joel joey johanna john johnathan johnnie johnny jon jonah jonas jonathan jordan jorge jose josefina
joseph josephine josh joshua josiah josie joy joyce juan juana juanita judith judy julia julian juliana julianna julie
juliet julio julius june junior justin justine kaitlin kaitlyn kamal kara karen kari karina karl karla kate katelyn
katherine kathleen kathryn kathy katie katrina kavya kay kayla keith kelley kelli kelly kelsey kelvin ken kendall
kendra kenneth kenny kent kerry kevin keyonna khadija khalid kim kimberly kirk kirsten kobe krista kristen kristi
kristin kristina kristine kristy krystal kurt kwame kyla kyle kylie lacey lakeisha lakshmi lamar lana lance landon
larry latasha latoya latrice laura laurel lauren laurie lavonne lawrence leah leander lee leif leigh leila leilani lela
leland lena lenora leo leon leona leonard leonardo leonor leopold leroy lesley leslie lester leticia levi lewis liam
lidia lila lilian liliana lillian lillie lily lin lina linda lindsay lindsey linus lionel lisa liz liza lizbeth lloyd
logan lois lola lonnie lora lorena lorenzo loretta lori lorna lorraine lottie lou louis louisa louise lourdes lucas
lucia luciana lucille lucinda lucius lucy luis luisa luke lupe luther luz lydia lyle lynda lynette lynn lynne mabel
mack mackenzie macy madeleine madeline madelyn madison mae magdalena maggie malachi malcolm malik mamie manuel mara
marc marcel marcela marcella marcia marcos marcus margaret margarita margie margit marguerite maria mariah mariam
marian mariana marianne maribel marie mariela marilyn marina mario marion marisa marisol marissa marjorie mark marlene
marlon marquis marsha marshall marta martha martin martina marty marvin mary maryann mason mateo mathew matilda matt
matthew mattie maude maura maureen maurice mauricio max maxine maxwell maya mckenzie megan meghan mei melanie melba
melinda melissa melody melvin mercedes meredith merle mia micah michael michaela michele michelle miguel mikayla mike
mila mildred miles milton mindy minerva minnie miranda miriam misty mitchell mohamed mohammad mohammed moises mollie
molly mona monica monique morgan morris moses muhammad muriel myra myrna myrtle nadia nadine nancy naomi natalia
natalie natasha nathan nathaniel neal neil nell nellie nelson nettie nia nicholas nick nicolas nicole nigel nikhil
nikki nina noah noel noelle noemi nolan nora norbert noreen norma norman norris octavia octavio odalys odessa ofelia
olga olive oliver olivia ollie omar opal ophelia ora orlando orville oscar oskar osvaldo otis otto owen pablo paige
pam pamela paris parker pat patience patrice patricia patrick patsy patti patty paul paula paulette pauline paxton
payton pearl pedro peggy penelope penny percy perry pete peter petra peyton phil philip philippa phillip phoebe
phyllis pierce pierre polly porter preston priscilla priya quentin quincy quinn rachael rachel rafael rafaela ralph ramiro
ramon ramona randal randall randolph randy raquel raul ravi ray raymond rebecca reed reese regina reginald reid
reinaldo rene renee reuben rex reyna rhea rhoda rhonda ricardo richard rick rickey ricky rigoberto riley rita rob
robbie robert roberta roberto robin robyn rocio rocky roderick rodney rodolfo rodrigo rogelio roger rohan roland
rolando roman ron ronald ronda ronnie rory rosa rosalba rosalie rosalind rosalyn rosario rose roseann rosemarie
rosemary rosie ross rowan roxanne roy ruben ruby rudolph rudy rufus russell rusty ruth ryan sabrina sadie sally
salvador salvatore sam samantha samuel sandra sandy santiago santos sara sarah sasha saul savannah sawyer scott sean
sebastian selena selma serena sergio seth shane shanice shannon shari sharon shaun shauna shawn shawna sheila shelby
sheldon shelia shelley shelly sherman sherri sherry sheryl shirley sidney sienna sierra silas silvia simon simone
skylar socorro sofia solomon sonia sonja sonya sophia sophie spencer stacey stacie stacy stanislaw stanley stefan
stefanie stella stephan stephanie stephen sterling steve steven stewart stuart sue summer susan susana susanna
susanne susie suzanne sven sybil sydney sylvester sylvia tabatha tabitha talia tamara tameka tami tamika tammi tammy
tanisha tanner tanya tara tasha tatiana taylor ted teresa teri terrance terrell terrence terri terry tessa thaddeus
thalia thelma theo theodora theodore theresa thomas tia tiana tiara tiffany tim timothy tina toby todd tom tomas tommie
tommy toni tony tonya tracey traci tracie tracy travis trent trevor tricia trina trinity tristan troy trudy tucker
tyler tyrone tyson ulysses ursula valentina valentino valeria valerie vanessa vaughn velma vera verity vernon veronica
vicki vickie vicky victor victoria vince vincent viola violet violeta virgil virginia vivian viviana wade wallace
walter wanda warren wayne wendell wendy wesley whitney wilbert wilbur wilfred wilhelmina will willa willard william
willie willis wilma wilson winifred winona winston wyatt xavier ximena yadira yesenia yolanda young yvette yvonne
zachary zachery zane zelda zion zoe zoey zofia zoraida
""")

SURNAMES = words("""
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez gonzales wilson
anderson thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker
young allen king wright scott torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter
roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers
gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez wood
james bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez powell
jenkins perry russell sullivan bell coleman butler henderson barnes fisher vasquez simmons romero jordan patterson
alexander hamilton graham reynolds griffin wallace moreno west cole hayes bryant herrera gibson ellis tran medina
aguilar stevens murray ford castro marshall owens harrison fernandez mcdonald woods washington kennedy wells vargas
henry freeman webb tucker guzman burns crawford olson simpson porter hunter gordon mendez silva shaw snyder mason
dixon munoz hunt hicks holmes palmer wagner black robertson boyd stone salazar fox warren mills meyer rice schmidt
ferguson nichols stephens soto weaver ryan gardner payne grant dunn kelley spencer hawkins arnold pierce hansen peters
santos hart bradley knight elliott cunningham duncan armstrong hudson carroll lane riley andrews alvarado ray delgado
berry perkins hoffman johnston matthews pena richards contreras willis carpenter lawrence sandoval guerrero george
chapman rios estrada ortega watkins greene nunez wheeler valdez harper burke larson santiago maldonado morrison
franklin carlson austin dominguez carr lawson jacobs obrien lynch singh vega bishop montgomery oliver jensen harvey
williamson gilbert dean sims espinoza howell li wong reid hanson le mccoy garrett burton fuller wang weber welch rojas
lucas marquez fields park yang little banks padilla day walsh bowman schultz luna fowler mejia okafor okonkwo
""")
