"""Messages of WeChat, which answers 200 for everything: what those mean that nobody has listed."""

import re
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.verdict.error_pages import shows_itself
from crawler.verdict.view import View

# Taken away, or held back until the reader does something.
_WITHDRAWN: Final = re.compile(
    r"删除|下架|移除|撤回|撤销|停止(?:展示|访问|传播|使用)|涉嫌|违规|违法|侵权|失效|过期|不存在|停用|封禁|屏蔽|注销|冻结|回收|已迁移"
    r"|(?:无法|不可|不能|不予)(?:查看|访问|显示|浏览|阅读)|\b(?:deleted|removed|violat|expired|suspended|blocked"
    r"|unavailable|deregistered|no longer|(?:unable to|cannot|can't) (?:be )?view)"
)
_FOR_NOW: Final = re.compile(
    r"验证|频繁|异常|稍[后候]|重试|登录|登陆|客户端|网络|暂时|付费|关注后|权限|维护"
    r"|\b(?:verif|frequent|try again|log in|network|temporar|maintenance)"
)


def is_unknown_message(view: View) -> Judgement | None:
    """Judge a page of WeChat that is neither an article nor a message that we know.

    The host shows such pages for what it does not show, for good or until something is done:
    which of them, its tone tells.
    """
    is_here = view.ended.host == "mp.weixin.qq.com" and not view.ended.is_home
    if not is_here or not view.is_html or not view.is_good or not view.is_thin:
        return None
    has_name = any(title != "微信公众平台" for title in view.titles)
    if has_name or shows_itself(view) or view.page.truncated:
        return None
    is_gone = _WITHDRAWN.search(view.lead) and not _FOR_NOW.search(view.lead)
    # Albums and videos have pages that a script fills.
    if not is_gone and not view.ended.path.startswith("/s"):
        return None
    return Judgement(
        reason=Reason.SOFT_404 if is_gone else Reason.UNEXPECTED_ANSWER,
        rule="a message of WeChat that we do not know",
        evidence=(view.names[0] if view.names else view.lead)[:300],
    )
