"""Signs of an error page where no entry of the phrasebook has its words.

One sentence says of a thing that one links to that it is not there. The page regrets it, in
its title, its heading or the sentence. It offers a way out. Each of them is on many living
pages; all of them, on a page with little else, are on hardly one.
"""

import re
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.verdict.sentences import LONGEST_NAME, QUESTION
from crawler.verdict.subject import is_named_otherwise, is_on_something
from crawler.verdict.view import View

_THING: Final = re.compile(
    r"\b(?:page|link|url|address|content|article|post|story|document|file|resource|item|topic"
    r"|thread|video|image|photo|project|record|entry|course|episode|listing|job|position|event"
    r"|profile|question|repository|package|dataset|paper|report|recipe|tutorial|chapter"
    r"|destination|place|whatever|what|something|it)s?\b|seite|artikel|beitrag|inhalt|dokument"
    r"|datei|adresse|contenu|lien|página|art[ií]culo|artigo|contenido|conteúdo|enlace|pagina"
    r"|articolo|contenuto|notizia|stron|artykuł|страниц|стать|ссылк|материал|публикац|сторінк"
    r"|sayfa|içerik|haber|sidan|siden|sivu|stránk|oldal|σελίδα|stranic"
)
_ABSENCE: Final = re.compile(
    r"\b(?:not (?:be |been )?(?:find|found|locate|located|exist|available|here|there|seem)"
    r"|no longer|nowhere|(?:can't|cannot|can not|couldn't|could not|unable to"
    r"|failed to) (?:\w+ ){0,2}(?:find|locate|be found|see)|(?:doesn't|does not|didn't|don't"
    r"|do not) (?:seem to |appear to |currently )?(?:exist|have|live|match|lead)|isn't|aren't"
    r"|wasn't|never existed|(?:been |was |were |be )(?:removed|deleted|moved|archived|retired"
    r"|renamed|withdrawn|unpublished|relocated)|missing|gone|vanish\w*|disappear\w*|lost"
    r"|went(?! wrong)"
    r"|expired|unavailable|broken|outdated|out of date|obsolete|dead|drifted|wandered|escaped"
    r"|eaten|ate|stole\w*|nothing|left|mistyped|misspelled|hiding|slipped|ran away)\b"
    r"|\bnicht\b|\bkeine?n?\b|gelöscht|entfernt|introuvable|n'existe|n'est plus|supprim"
    r"|disparu|déplacé|no existe|no se |no hemos|no est[áa]|no pudimos|ya no|eliminad|\bnão\b"
    r"|removid|apagad|\bnon [èe]|non esiste|non (?:riusciamo|abbiamo|siamo)|rimoss|eliminat"
    r"|spostat|\bniet\b|verwijder|verplaatst|\bnie (?:istnieje|została?|możemy|ma|znale|udało"
    r"|jest)|usunięt|\bне |\bнет\b|удал|перемещ|немає|bulunam|kald[ıi]r|silin|\b(?:inte|ikke"
    r"|ej)\b|\bei (?:löydy|ole)|nenalez|neexist|nenašl|nem talál"
)
_REGRET: Final = re.compile(
    r"(?m:^errors?!?$)|\berror (?:page|404|410|has occurred)|\b(?:o+ps|oo+psie|w?hoops\w*"
    r"|sorry|uh[- ]?oh|unfortunately|apolog\w+|404|410|h+m+|yikes|oh (?:no|dear|snap)|awkward"
    r"|embarrass\w+|problem|dang|darn|bummer|ouch|aw+|alas|lost\?|too bad|(?:page|file"
    r"|content) (?:unavailable|missing|removed|gone)|not found|wrong turn|went wrong|houston"
    r"|leider|u+ps|hoppla|entschuldig\w*|fehler|désolée?s?|oups|erreur|hélas|lo sentimos|vaya"
    r"|perdón|erro|desculpe|ops|spiacent[ei]|dispiace|errore|purtroppo|helaas|oeps|fout"
    r"|przepraszamy|niestety|błąd|извините|простите|упс|ой|увы|к сожалению|ошибка|вибачте"
    r"|на жаль|üzgünüz|maalesef|hata|tyvärr|hoppsan|desværre|dessverre|beklag[ae]r"
    r"|valitettavasti|hups|bohužel|jejda|sajn\w+)\b"
)
_WAY_OUT: Final = re.compile(
    r"\bhome ?page\b|\b(?:go|head|take (?:me|you)|get|back|return) (?:\w+ ){0,3}(?:home|back"
    r"|start|safety)\b|\b(?:back|return|go|head over) to\b|\bsearch|\btry (?:again|searching"
    r"|the|our|another|one|a)\b|\bcheck (?:the|your|that|out)\b|\bdouble[- ]check"
    r"|\bnavigation\b|\bmenu\b|\bbrowse\b|\bbookmark|\bstart (?:over|again|from)|\bcontact us"
    r"|\blet us know|\binstead\b|\bhomepage\b|\bexplore\b|startseite|suche|zurück|accueil"
    r"|rechercher|retour|inicio|buscador|volver|regres|\bbusca\b|voltar|início|torna|\bcerca\b"
    r"|startpagina|zoek|terug|główn|wyszuk|wróć|powr[óo]t|главн|поиск|вернут|головн|пошук"
    r"|anasayfa|ana sayfa|arama|startsida|\bsök|tillbaka|forside|tilbage|tilbake|etusivu|úvod"
    r"|zpět|vyhled|főoldal|vissza"
)
# What comes back by itself, is there for others, or is a guard's.
_FOR_NOW: Final = re.compile(
    r"temporar|maintenance|again later|few (?:minutes|moments)|be back|come back|shortly"
    r"|outage|try later|in your (?:country|region|area|location|language|browser)"
    r"|sign(?:ed)? in|log(?:ged)? in|member|permission|javascript|captcha|robot|wartung|später"
    r"|plus tard|más tarde|mais tarde|più tardi|позже|позднее|out of stock|sold out|upload"
)
_LONGEST: Final = 240
_FIRST: Final = 4
# Shorter names may be in any host's.
_SHORTEST: Final = 4


def shows_signs_of_loss(view: View) -> Judgement | None:
    """Judge a page with little else by regret, absence and a way out in what it says first."""
    if not view.is_meagre or view.is_about_errors or view.page.published:
        return None
    if is_named_otherwise(view):
        return None
    said = [block for block in view.message if len(block) <= _LONGEST]
    whole = "\n".join((*view.titles, *said))
    if not _REGRET.search(whole) or not _WAY_OUT.search(whole):
        return None
    if any(map(_FOR_NOW.search, (view.heading, *said[:_FIRST]))):
        return None
    lost = (block for block in said if _THING.search(block) and _ABSENCE.search(block))
    if not (sentence := next(lost, "")) or view.is_named(sentence):
        return None
    return Judgement(reason=Reason.SOFT_404, rule="shows signs of a loss", evidence=sentence[:300])


# In Chinese, Japanese and Korean, where one line says what takes a sentence elsewhere.
_ASIAN_REGRET: Final = re.compile(
    r"\W*(?:(?:非常|很|十分|真的?)?(?:抱歉|对不起|不好意思|遗憾)|啊哦|哎呀|糟糕|哦豁)"
    r"(?=.{0,12}(?:[该此您你]|页|内容|文|帖|视频|影片|链接|资源|信息)).{0,30}[不没无未已被去]"
    r"|(?:申し訳|残念).{4,}(?:ません|した)|죄송.{4,}(?:없|않|되었)"
)
_ASIAN_LOSS: Final = re.compile(
    r"^(?=.{0,12}(?:[该此您你]|页面|网页|内容|文章|帖子|视频|链接|资源|文件|信息)).{0,24}"
    r"(?:不存在|找不到|不见|走丢|飞走|丢失|消失|失踪|迷路|离家出走|失效|[已被](?:经|作者|管理员)?"
    r"(?:被)?(?:删除|下架|下线|移除|撤回|过期|隐藏|屏蔽|封)|火星|外星)"
)
_ASIAN_WAY_OUT: Final = re.compile(
    r"^\W*(?:点击)?(?:返回|回到|回|去往?|前往)(?:网站|本站)?.{0,6}(?:首页|主页|上一页|上页|前页|社区|论坛)\W*$"
    r"|秒[后钟].{0,6}(?:跳转|返回|进入|回到)|(?:逛逛|看看|试试)(?:别的|其[他它]|首页)"
)
# Doors, outages, old browsers and footers regret in the same tone.
_NO_ASIAN_LOSS: Final = re.compile(
    r"登[录陆入]|验证|权限|会员|付费|密码|频繁|异常|稍[后候]|重试|维护|升级|繁忙|网络|超时|加载"
    r"|浏览器|javascript|cookie|结果|侵权|举报|版权|联系|声明|评论|回复|客户端|微信|扫码"
    r"|ログイン|メンテナンス|ブラウザ|対応して|로그인|점검|브라우저|[:\"']"
)


def speaks_of_loss(view: View) -> Judgement | None:
    """Judge a page with little else by a line that regrets, or tells of a loss beside a way out.

    What is lost, and how, each site words as it likes; the tone is the same.
    """
    if not view.is_thin or is_on_something(view) or view.is_about_errors:
        return None
    lines = [block for block in view.blocks if len(block) <= LONGEST_NAME]
    leads_out = any(map(_ASIAN_WAY_OUT.search, lines))
    for line in lines:
        is_loss = _ASIAN_REGRET.match(line) or (leads_out and _ASIAN_LOSS.search(line))
        if not is_loss or QUESTION.search(line) or _NO_ASIAN_LOSS.search(line):
            continue
        if not view.is_named(line):
            return Judgement(
                reason=Reason.SOFT_404, rule="speaks as error pages do", evidence=line
            )
    return None


# What a service says of itself when it gives up, and no more than that: what follows tells of
# a plan, a product or a holiday.
_CLOSED: Final = re.compile(
    r"^(?:the )?(?P<name>[\w .'+&-]{3,40}?)\W* (?:is|has|was|will be|are|have)(?: now| been"
    r"| officially| permanently)*+ (?:closed|shut ?down|discontinued|retired|sunset|no more"
    r"|ceased operations?|gone|no longer (?:available|active|online|in operation|operating"
    r"|operational))(?: down| (?:its|our) doors| permanently| for (?:good|ever)| forever"
    r"| (?:on|as of|since|in) [\w ,]{0,20}\b20\d\d)*+(?:[^\w?]*$|[.!|]| [-–—·•])"
)
# These close every year, every night, or one by one, on hosts that are named after them.
_CLOSE_FOR_NOW: Final = frozenset(
    """
    admission admissions application applications arena auction beta bidding booking bookings
    boxoffice cafe call callforpapers campaign careers challenge chat checkout club comments
    competition conference contest donations enrollment enrolment entries event events exhibition
    form forum fundraiser gallery giveaway hackathon helpdesk hotel jobs library market museum
    nominations office onlineshop onlinestore orders park poll polls pool position positions
    preorder preorders program programme raffle registration registrations reservations restaurant
    sale sales school season shop signup signups store submission submissions summit support
    survey surveys theater theatre ticket tickets ticketshop trading vote voting waitlist webshop
    webstore workshop
    """.split()  # noqa: SIM905 (a list of ninety literals is not easier to read)
)


def gives_itself_up(view: View) -> Judgement | None:
    """Judge a page whose heading says that its own site closed, and all its pages with it."""
    if not view.is_meagre:
        return None
    for name in view.names:
        found = _CLOSED.match(name)
        own = re.sub(r"\W", "", found["name"]) if found else ""
        if len(own) < _SHORTEST or own in _CLOSE_FOR_NOW:
            continue
        if own in view.ended.host or own in view.asked.host:
            return Judgement(reason=Reason.SOFT_404, rule="gives itself up", evidence=name[:300])
    return None
