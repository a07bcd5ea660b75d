"""What a maintainer may say about an archive, and what reading guesses where they say nothing."""

import re
from dataclasses import dataclass
from typing import Final

# A newsletter's boilerplate starts with a heading like these.
FOOTER_HEADING: Final = (
    r"往期(?:回顾|文章|精彩|推荐|目录)?|历史(?:文章|消息|期刊)|过往期刊|更多往期"
    r"|(?:previous|past|earlier) (?:issues|editions)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveProfile:
    """How one archive is laid out; the defaults guess well, each field overrides one guess.

    `title` is what the archive is called, in the head of a report. `include` and `exclude` are
    globs of paths from the archive's root; without `include` whatever looks like an issue is
    one. `date_pattern` is a regular expression with groups `year`, `month` and `day`, looked
    for in the file's name, then in its head.
    `footer_pattern` marks a heading from which on all is boilerplate. `hot_section` names
    the section of the short news before the first heading. `section_level` is the heading
    level of sections, 0 to take every heading below the title. `language` is what it is written
    in (`zh`, `en`), `encoding` the encoding of its files if that is not UTF-8. `include_code`
    reads addresses in code, too.
    """

    title: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    date_pattern: str = ""
    footer_pattern: str = FOOTER_HEADING
    hot_section: str = "热身新闻"
    section_level: int = 0
    language: str = ""
    encoding: str = ""
    include_code: bool = False

    def __post_init__(self) -> None:
        for name in ("date_pattern", "footer_pattern"):
            try:
                compiled = re.compile(getattr(self, name))
            except re.error as error:
                raise ValueError(f"{name} is no regular expression: {error}") from error
            missing = {"year", "month", "day"} - set(compiled.groupindex)
            if name == "date_pattern" and self.date_pattern and missing:
                raise ValueError(f"{name} needs the groups year, month and day")


GUESSING: Final = ArchiveProfile()
