"""A small archive and its catalog, written with the catalog's own functions, night by night."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.archives import archive_id
from catalog.checks import save_checks
from catalog.connection import Catalog, open_catalog
from catalog.issues import save_issue
from catalog.records import Check, Hop, Issue, Item, Judgement, Mention, Page, Visit
from catalog.runs import begin_run, distrust, end_run
from catalog.vocabulary import MentionKind, Reason, Verdict
from crawler.reading.archive import read_archive
from report.filters import Filters
from report.findings import Report
from report.selection import select

ROOT = Path(__file__).resolve().parents[2]

_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<url>[^)\s]*)\)|(?P<bare>https?://[^\s<>()，。；]+)")


def night_of(day: str, hour: int = 4) -> datetime:
    """The usual hour of the night run on *day*."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one night finds behind a link."""

    reason: Reason = Reason.OK
    status: int | None = None
    evidence: str = ""
    suggestion: str = ""
    final_url: str = ""
    title: str = ""
    hops: tuple[Hop, ...] = ()

    def check(self, link_id: int, url: str, at: str) -> Check:
        verdict = self.reason.verdict
        silent = verdict in (Verdict.UNREACHABLE, Verdict.SKIPPED) or (
            self.reason is Reason.HOST_NOT_FOUND
        )
        status = None if silent else self.status or _STATUSES.get(self.reason, 200)
        return Check(
            link_id=link_id,
            checked_at=at,
            judgement=Judgement(
                reason=self.reason,
                rule=f"test: {self.reason}",
                evidence=self.evidence,
                suggestion=self.suggestion,
            ),
            visit=Visit(
                url=url,
                status=status,
                failure=self.reason if silent else None,
                final_url=self.final_url or ("" if silent else url),
                hops=self.hops,
                page=Page(title=self.title) if self.title else None,
            ),
        )


_STATUSES = {Reason.NOT_FOUND: 404, Reason.GONE: 410, Reason.FORBIDDEN: 403}


@dataclass
class Ledger:
    """An archive in a folder and its catalog; each method does what a night would."""

    folder: Path
    db: Catalog
    language: str = "en"
    title: str = "Embedded Weekly"
    texts: dict[str, bytes] = field(default_factory=dict)

    def read(self, issues: Mapping[str, str | bytes], *, day: str = "2026-11-20") -> None:
        """Write *issues* into the folder and their mentions into the catalog."""
        now = night_of(day, 3)
        run = begin_run(self.db, "read", now)
        archive = archive_id(self.db, str(self.folder), title=self.title, language=self.language)
        for file, text in issues.items():
            data = text if isinstance(text, bytes) else text.encode()
            self.texts[file] = data
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / file).write_bytes(data)
            save_issue(self.db, archive, run, _issue(file, data), now)
        end_run(self.db, run, now, state="done")

    def night(
        self,
        day: str,
        seen: Mapping[str, Seen | Reason] | None = None,
        *,
        state: str = "done",
        note: str = "",
        command: str = "nightly",
    ) -> int:
        """Look at every link; those that *seen* does not name are fine. Returns the run."""
        now = night_of(day)
        run = begin_run(self.db, command, now)
        checks = []
        outcomes = dict(seen or {})
        for row in self.db.query("SELECT id, url FROM links WHERE judge <> 'archive' ORDER BY id"):
            outcome = outcomes.pop(row["url"], Reason.OK)
            one = outcome if isinstance(outcome, Seen) else Seen(reason=outcome)
            checks.append(one.check(row["id"], row["url"], f"{day}T04:00:00Z"))
        assert not outcomes, f"no issue mentions {sorted(outcomes)}"
        save_checks(self.db, run, checks, now)
        if state == "untrusted":
            distrust(self.db, run, now)
        end_run(self.db, run, now, state=state, note=note)
        return run

    @staticmethod
    def seen(**what: object) -> Seen:
        """What a night finds behind a link."""
        return Seen(**what)  # type: ignore[arg-type]

    @staticmethod
    def morning(day: str) -> datetime:
        """When somebody reads the report of the night to *day*."""
        return night_of(day, 8)

    def report(self, day: str = "2026-11-22", **settings: object) -> Report:
        """Return what the catalog gives in the morning of *day*."""
        return select(self.db, self.morning(day), **settings)  # type: ignore[arg-type]


def _issue(file: str, data: bytes) -> Issue:
    """Read an issue well enough for tests: `##` sections, `-` items, links and addresses."""
    items: list[Item] = []
    mentions: list[Mention] = []
    section = ""
    for number, line in enumerate(data.decode().removeprefix("\ufeff").splitlines(), start=1):
        if line.startswith("## "):
            section = line[3:].strip()
        if line.startswith("- "):
            title = _LINK.sub(lambda m: m["text"] or "", line[2:]).strip()
            items.append(Item(position=len(items) + 1, line=number, section=section, title=title))
        mentions.extend(
            _mention(file, number, match, section, items) for match in _LINK.finditer(line)
        )
    day = re.search(r"\d{4}-\d\d-\d\d", file)
    return Issue(
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        date=day[0] if day else "",
        title=file.removesuffix(".md"),
        items=tuple(items),
        mentions=tuple(mentions),
    )


def _mention(
    file: str, line: int, match: re.Match[str], section: str, items: list[Item]
) -> Mention:
    bare, url, text = match["bare"], match["url"], match["text"]
    if bare:
        kind, address, start = MentionKind.BARE, bare, match.start("bare")
    elif url:
        kind, address, start = MentionKind.INLINE, url, match.start("url")
    else:
        kind, address, start = MentionKind.EMPTY, text, match.start("text")
    relative = "://" not in address
    missing = relative and not address.endswith("here.md")
    return Mention(
        file=file,
        line=line,
        column=match.start() + 1,
        url=address,
        url_line=line,
        url_column=start + 1,
        kind=kind,
        text=bare or text,
        target=address,
        section=section,
        item=items[-1].title if items else "",
        item_position=len(items) or None,
        relative=relative,
        finding=Reason.FILE_MISSING if missing else None,
    )


def demo_catalog(folder: Path) -> Path:
    """The catalog of `linkledger demo`, made in *folder*: two nights over the sample."""
    subprocess.run(
        [sys.executable, "-m", "nightly", "demo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder / "data" / "demo" / "catalog.db"


def real_catalog(folder: Path, archive: Path) -> Path:
    """The catalog of the real *archive*, with every outcome there is among its links."""
    db = open_catalog(folder / "catalog.db")
    for day, shift in (("2026-11-20", 0), ("2026-11-21", 3), ("2026-11-22", 5)):
        now = night_of(day)
        run = begin_run(db, "nightly", now)
        number = archive_id(db, str(archive), title="真实存档", language="zh")
        if not shift:
            for issue in read_archive(archive):
                assert isinstance(issue, Issue)
                save_issue(db, number, run, issue, now)
        rows = list(db.query("SELECT id, url FROM links WHERE judge <> 'archive' ORDER BY id"))
        checks = [
            Seen(
                reason=_REASONS[(row["id"] + shift * (row["id"] % 3)) % len(_REASONS)],
                evidence=f"证据 {row['id']} <b>&",
                suggestion=f"https://new.example/{row['id']}" if row["id"] % 2 else "",
            ).check(row["id"], row["url"], f"{day}T04:00:00Z")
            for row in rows
        ]
        save_checks(db, run, checks, now)
        end_run(db, run, now, state="done")
    db.close()
    return folder / "catalog.db"


_REASONS = list(Reason)


@pytest.fixture(scope="session", params=["two nights", "the demo", "the real archive"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A report on each of: two small nights, the demo, the real archive."""
    folder = tmp_path_factory.mktemp("told")
    if request.param == "the demo":
        catalog, day = demo_catalog(folder), None
    elif request.param == "the real archive":
        shared: Path = request.getfixturevalue("shared")
        source = shared / "archives" / "embedded-ai-report"
        catalog, day = real_catalog(folder, source), "2026-11-22"
    else:
        (folder / "archive").mkdir()
        catalog, day = folder / "catalog.db", "2026-11-22"
        with closing(open_catalog(catalog)) as db:
            fill_two_nights(Ledger(folder=folder / "archive", db=db))
    with closing(open_catalog(catalog, read_only=True)) as db:
        return select(db, night_of(day, 8) if day else datetime.now(UTC))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty archive with an empty catalog."""
    folder = tmp_path / "archive"
    folder.mkdir()
    db = open_catalog(tmp_path / "catalog.db")
    yield Ledger(folder=folder, db=db)
    db.close()


ISSUE_12 = """# Embedded Weekly (2026-10-01)

## News

- [A board for everyone](https://boards.example/pi) Cheap.
- [Deleted story](https://mp.weixin.qq.com/s/story) Was good.
- [Old docs](https://docs.example/v1) And again https://docs.example/v1

## Open source

- [Tencent/TNN: faster](https://github.com/Tencent/TNN)
- [https://github.com/ml-gde/tutorials]()
- [Nowhere](missing.md)
"""

ISSUE_13 = """# 嵌入式周报 (2026-11-01)

## 业界新闻

- [芯片大会：低功耗推理](https://dead.example/a) 摘要。
- [第二天](https://dead.example/b)
- [第三天](https://dead.example/c)
- [会员专享](https://wall.example/vip)
- [时好时坏](https://shaky.example/x)
- [回来了](https://back.example/page)
- [A board, again](https://boards.example/pi)
- [Strange](https://odd.example/teapot)
- [Elsewhere for now](https://temp.example/x)
"""


@pytest.fixture
def two_nights(ledger: Ledger) -> Ledger:
    """Two issues and two nights between which pages die, move and come back."""
    fill_two_nights(ledger)
    return ledger


def fill_two_nights(ledger: Ledger) -> None:
    """Read two issues, and look at their links on two nights."""
    ledger.read({"2026-10-01.md": ISSUE_12, "2026-11-01.md": ISSUE_13})
    same = {
        "https://wall.example/vip": Seen(reason=Reason.FORBIDDEN, evidence="Access denied"),
        "https://docs.example/v1": Seen(
            reason=Reason.MOVED_PERMANENTLY,
            suggestion="https://docs.example/v2/",
            final_url="https://docs.example/v2/",
            hops=(
                Hop(
                    url="https://docs.example/v1", status=301, location="https://docs.example/v2/"
                ),
            ),
        ),
        "https://odd.example/teapot": Seen(reason=Reason.UNEXPECTED_STATUS, status=418),
        "https://temp.example/x": Seen(
            reason=Reason.ACCOUNT_MIGRATED, final_url="https://elsewhere.example/x"
        ),
        "https://mp.weixin.qq.com/s/story": Seen(
            reason=Reason.DELETED_BY_PUBLISHER, evidence="该内容已被发布者删除"
        ),
    }
    ledger.night("2026-11-21", {**same, "https://back.example/page": Reason.NOT_FOUND})
    ledger.night(
        "2026-11-22",
        {
            **same,
            "https://boards.example/pi": Seen(reason=Reason.NOT_FOUND, evidence="404 Not Found"),
            "https://dead.example/a": Reason.HOST_NOT_FOUND,
            "https://dead.example/b": Reason.HOST_NOT_FOUND,
            "https://dead.example/c": Reason.HOST_NOT_FOUND,
            "https://shaky.example/x": Reason.TIMEOUT,
        },
    )


@pytest.fixture
def filters() -> type[Filters]:
    return Filters
