"""Common English given names and the short and pet forms that people are called by."""

from __future__ import annotations

from streamdeid.detect.known_text import word_set

_SHORT_FORMS = """
abigail abby gail
abraham abe bram
adelaide addie heidi
agnes aggie nessie
albert al bert bertie
alexander alex alec sandy xander sasha
alexandra alex sandra sandy lexi sasha
alfred al alf fred alfie
allison allie
amanda mandy
amelia amy millie
andrew andy drew
angela angie
ann anne annie nan nancy
anna annie ana
anthony tony ant
antonio tony
arnold arnie
arthur art artie
augustus gus
barbara barb babs bobbie
bartholomew bart
beatrice bea trixie
benjamin ben benny benji
bernadette bernie
bernard bernie barney
beverly bev
bradley brad
brenda bren
bridget biddy bridie
calvin cal
cameron cam
candace candy
caroline carrie caro lynn
carolyn carrie lynn
cassandra cass cassie sandra
catherine cathy kate katie kathy kitty cat
katherine kathy kate katie kat kitty kay
kathleen kathy kate katie kay
charles charlie chuck chas chaz
charlotte charlie lottie lotte
chester chet
christian chris
christina chris chrissy tina
christine chris chrissy tina
christopher chris kit topher
clarence clare
clifford cliff
clinton clint
constance connie
cornelius neil con
curtis curt
cynthia cindy
daniel dan danny
danielle dani
david dave davy
deborah deb debbie debra
dennis denny den
derek rick
dolores lola
dominic dom nick
donald don donnie
dorothy dot dottie dolly dora
douglas doug
dwight ike
edgar ed eddie
edith edie
edmund ed eddie ned ted
edward ed eddie ned ted teddy
edwin ed eddie win
eleanor ellie nell nora lenore
elizabeth liz beth betty betsy bess lizzie eliza libby lisa elsie
emily em emmy millie
emma em
eric rick
ernest ernie
esther essie hettie
eugene gene
evelyn evie
florence flo flossie
frances fran fanny frankie
francis frank fran
francisco paco pancho frank
franklin frank
frederick fred freddie rick fritz
gabriel gabe
gabrielle gabby
gerald gerry jerry
geraldine gerri
gertrude gert trudy
gilbert gil bert
gregory greg
guadalupe lupe
harold hal harry
harriet hattie
henry hank harry hal
herbert herb bert
howard howie
hubert hugh bert
hugo hugh
ignacio nacho
irving irv
isaac ike zak
isabella bella izzy
isabel bella izzy belle
jacob jake
jacqueline jackie
james jim jimmy jamie jem
jane janie jenny
janet jan
jason jay
jeffrey jeff
geoffrey geoff jeff
jennifer jen jenny
jeremiah jerry jeremy
jeremy jerry
jerome jerry
jesse jess
jessica jess jessie
jesus chuy
joan joanie
joanna jo joanne
john jack johnny jon
jonathan jon john jonny nathan
jose pepe joe
joseph joe joey jo
josephine jo josie
joshua josh
judith judy
julia julie
juliet julie
justin jus
karen kari
kenneth ken kenny
kevin kev
kimberly kim
kristin kris
kristina kris tina
lawrence larry lars
laurence larry laurie
laura laurie lori
leonard leo len lenny
leonardo leo
leroy lee roy
leslie les
lewis lew lou
louis lou louie
louise lou
lucille lucy
lucinda lucy cindy
madeline maddie
manuel manny
marcus marc mark
margaret peggy meg maggie marge margie greta rita peg daisy maisie
maria mia mary
martha marty mattie
martin marty
mary molly polly mae mamie
matilda tilly mattie
matthew matt
maureen mo
maurice mo morris
maximilian max
maxwell max
melissa missy mel
melinda mindy mel
melvin mel
michael mike mick mickey micky mikey
michelle shelly
mildred millie
miriam mimi
mitchell mitch
mohammed mo
montgomery monty
morton mort
nancy nan
natalie nat
natasha tasha
nathan nate nat
nathaniel nate nat nathan
nicholas nick nicky nico
nicole nicky
norman norm
oliver ollie
olivia liv livvy
oscar ozzie
oswald ozzie
pamela pam
patricia pat patty trish tricia patsy
patrick pat paddy rick
peter pete
philip phil pip
phillip phil pip
phyllis phyl
prudence prue
rachel rach
ralph ralphie
randall randy
randolph randy
raphael raf
raymond ray
rebecca becky becca
reginald reg reggie
richard rick dick rich richie ricky
robert bob rob bobby robbie bert
roberta bobbie berta
roderick rod rick
rodney rod
roger rog
roland rollie
ronald ron ronnie
rosemary rose rosie
rosalind roz
rudolph rudy
russell russ rusty
salvatore sal
samantha sam sammy
samuel sam sammy
sandra sandy
santiago diego
sarah sally sadie
sebastian seb bas
sharon shari
shirley shirl
sidney sid
solomon sol
sophia sophie
stanley stan
stephanie steph stevie
stephen steve stevie
steven steve stevie
stuart stu
susan sue suzie susie
susanna sue susie
sylvester sly
sylvia syl
tabitha tabby
terence terry
teresa terry tess tessa
theresa terry tess tessa
theodora dora theo
theodore ted teddy theo
thomas tom tommy
tiffany tiff
timothy tim timmy
tobias toby
tracy trace
ulysses uly
valerie val
vanessa nessa
vernon vern
veronica ronnie
victor vic
victoria vicky tori vic
vincent vince vinnie
viola vi
virginia ginny
vivian viv
wallace wally
walter walt wally
wendell wendy
wesley wes
wilfred will fred wilf
wilhelmina mina billie willa
william bill will billy willy liam
winifred winnie freda
winston win
zachary zach zack zak
""".strip()


def _relations() -> dict[str, tuple[str, ...]]:
    related: dict[str, dict[str, None]] = {}
    for line in _SHORT_FORMS.splitlines():
        names = line.split()
        for name in names:
            related.setdefault(name, {}).update((n, None) for n in names if n != name)
    return {name: tuple(others) for name, others in related.items()}


_RELATED = _relations()

#: Given names that tell, where nothing else does, which of two words is the given name.
COMMON_GIVEN_NAMES = frozenset(line.split()[0] for line in _SHORT_FORMS.splitlines()) | word_set("""
    aaron adam adrian alan alice amber amy andrea ashley audrey austin betty billy bobby brandon brian bruce bryan
    carl carlos carol cheryl christy dale diana diane donna doris dylan elena ella ethan frank fred gary george
    glenn gloria hannah heather helen ian irene jack jackie jacob janice jay jean jeanne jerry jill jimmy joe johnny
    jon jordan jorge joyce juan juanita judy julie kate kathy keith kelly kim kyle larry lauren lee leon linda lisa
    liz logan lori louise luis luke lynn marcia marie marilyn marta megan meghan mike miguel monica nina noah norma
    pablo paul paula pedro peggy philippa phoebe rafael ramon ray rita rosa roy ruby ruth ryan sally sara scott sean
    sheila sonia stacy stella steve sue tammy tara ted teresa tim todd tom tony tyler vera wanda wayne wendy yolanda
    yvonne zoe
    """)


def related_names(name: str) -> tuple[str, ...]:
    """The names that a person called `name` (folded) may also go by: ``robert`` gives bob, rob ..., ``bob`` gives
    robert, rob ...; empty if none is known."""
    return _RELATED.get(name, ())
