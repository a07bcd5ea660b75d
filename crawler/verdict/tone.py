"""The tone of error pages: what those say of a loss that no entry of the phrasebook foresaw."""

import re
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.verdict.sentences import LONGEST_NAME, QUESTION
from crawler.verdict.subject import is_on_something
from crawler.verdict.view import View

_REGRET: Final = re.compile(
    r"\W*(?:(?:非常|很|十分|真的?)?(?:抱歉|对不起|不好意思|遗憾)|啊哦|哎呀|糟糕|哦豁)"
    r"(?=.{0,12}(?:[该此您你]|页|内容|文|帖|视频|影片|链接|资源|信息)).{0,30}[不没无未已被去]"
    r"|(?:申し訳|残念).{4,}(?:ません|した)|죄송.{4,}(?:없|않|되었)"
)
_LOSS: Final = re.compile(
    r"^(?=.{0,12}(?:[该此您你]|页面|网页|内容|文章|帖子|视频|链接|资源|文件|信息)).{0,24}"
    r"(?:不存在|找不到|不见|走丢|飞走|丢失|消失|失踪|迷路|离家出走|失效|[已被](?:经|作者|管理员)?"
    r"(?:被)?(?:删除|下架|下线|移除|撤回|过期|隐藏|屏蔽|封)|火星|外星)"
)
_WAY_OUT: Final = re.compile(
    r"^\W*(?:点击)?(?:返回|回到|回|去往?|前往)(?:网站|本站)?.{0,6}(?:首页|主页|上一页|上页|前页|社区|论坛)\W*$"
    r"|秒[后钟].{0,6}(?:跳转|返回|进入|回到)|(?:逛逛|看看|试试)(?:别的|其[他它]|首页)"
)
# Doors, outages, old browsers and footers regret in the same tone.
_NOT_A_LOSS: Final = re.compile(
    r"登[录陆入]|验证|权限|会员|付费|密码|频繁|异常|稍[后候]|重试|维护|升级|繁忙|网络|超时|加载"
    r"|浏览器|javascript|cookie|结果|侵权|举报|版权|联系|声明|评论|回复|客户端|微信|扫码"
    r"|ログイン|メンテナンス|ブラウザ|로그인|점검|브라우저|[:\"']"
)


def speaks_of_loss(view: View) -> Judgement | None:
    """Judge a page with little else by a line that regrets, or tells of a loss beside a way out.

    What is lost, and how, each site words as it likes; the tone is the same.
    """
    if not view.is_thin or is_on_something(view) or view.is_about_errors:
        return None
    lines = [block for block in view.blocks if len(block) <= LONGEST_NAME]
    leads_out = any(map(_WAY_OUT.search, lines))
    for line in lines:
        is_loss = _REGRET.match(line) or (leads_out and _LOSS.search(line))
        if not is_loss or QUESTION.search(line) or _NOT_A_LOSS.search(line):
            continue
        if not view.is_named(line):
            return Judgement(
                reason=Reason.SOFT_404, rule="speaks as error pages do", evidence=line
            )
    return None
