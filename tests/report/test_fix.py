"""Repairs: at the exact places, no byte beyond them, in a diff that git takes, and only once."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from catalog.archives import archive_id
from catalog.checks import save_checks
from catalog.connection import open_catalog
from catalog.issues import drop_unmentioned, save_issue, take_out_missing
from catalog.records import Check, Issue, Judgement, Visit
from catalog.runs import begin_run, end_run
from catalog.vocabulary import MentionKind, Reason, SuggestionKind
from crawler.reading.archive import read_archive
from crawler.reading.profile import ArchiveProfile
from report.fix import FixError, plan_repairs, write_repairs
from report.selection import select

OLD, NEW = "https://old.example/page", "https://new.example/page"


def moved(ledger, url: str = OLD, to: str = NEW) -> None:
    """Two nights ago all was well; last night *url* had moved to *to*."""
    seen = ledger.seen(reason=Reason.MOVED_PERMANENTLY, suggestion=to, final_url=to)
    ledger.night("2026-11-21", {url: seen})


def git(folder: Path, *arguments: str, data: bytes = b"") -> bytes:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], input=data, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


BYTES = [
    ("a plain link", b"- [x](%s) y\n"),
    ("line ends of Windows", b"# T\r\n\r\n- [x](%s)  \r\ny\r\n"),
    ("line ends of old Macs", b"# T\r- [x](%s)\ry"),
    ("line ends of all kinds", b"# T\r\na\n- [x](%s)\rb\r\nc"),
    ("no end of the last line", b"- [x](%s)"),
    ("a byte order mark", b"\xef\xbb\xbf- [x](%s)\n"),
    ("UTF-16", b"\xff\xfe" + "- [标题](OLD)\r\n末尾  \n".encode("utf-16-le")),
    ("GB18030", "---\nencoding: gb18030\n---\n- [标题](OLD)\n末尾\n".encode("gb18030")),
    ("spaces at the ends of lines", b"- [x](%s)  \n\t \n   \ny \t\n"),
    ("Chinese on both sides", "- 【新闻】[标题](OLD)；下文\n".encode()),
    ("letters of four bytes before it", "- 😀𠮷[x](OLD)\n".encode()),
    ("separators that are no line ends", "a\u2028b\x0cc\x85 [x](OLD)\n".encode()),
    ("twice in a line", b"- [x](%s) and [y](%s)\n"),
    ("a bare address", b"see %s for more\n"),
    ("a link in angle brackets", b"- [x](<%s>)\n"),
    ("in its text as well", b"- [see %s](%s)\n"),
]


def content(template: bytes, address: str) -> bytes:
    if b"%s" in template:
        return template.replace(b"%s", address.encode())
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        if "OLD".encode(encoding) in template:
            return template.replace("OLD".encode(encoding), address.encode(encoding))
    raise AssertionError(template)


@pytest.fixture
def archive(ledger):
    """The ledger's archive, read by the real reader."""

    def read(encoding: str = "") -> None:
        run = begin_run(ledger.db, "read", ledger.morning("2026-11-20"))
        number = archive_id(ledger.db, str(ledger.folder), title="Weekly", language="en")
        issues = list(read_archive(ledger.folder, ArchiveProfile(encoding=encoding)))
        assert all(isinstance(issue, Issue) for issue in issues), issues
        for issue in issues:
            save_issue(ledger.db, number, run, issue, ledger.morning("2026-11-20"))
        files = [issue.file for issue in issues]
        take_out_missing(ledger.db, number, run, files)
        drop_unmentioned(ledger.db)
        end_run(ledger.db, run, ledger.morning("2026-11-20"), state="done")

    return read


@pytest.mark.parametrize("template", [pytest.param(data, id=name) for name, data in BYTES])
def test_only_the_address_changes(ledger, archive, template: bytes) -> None:
    file = ledger.folder / "2026-10-01.md"
    file.write_bytes(content(template, OLD))
    archive()
    moved(ledger)
    repairs = plan_repairs(ledger.db, ledger.report())
    assert repairs.left_alone == ()
    (one,) = repairs.files
    assert one.after == content(template, NEW).replace(
        b"[see https://new", b"[see https://old"
    ) or (one.after == content(template, NEW))
    git(ledger.folder, "init", "-q")
    git(ledger.folder, "apply", "--check", "-", data=repairs.diff)
    git(ledger.folder, "apply", "-", data=repairs.diff)
    assert file.read_bytes() == one.after


ENCODINGS = [
    ("Big5", "big5", "- 標題 [功許蓋](%s) 末尾\n", "https://new.example/路徑"),
    ("katakana of one byte", "shift_jis", "- ﾆｭｰｽ [ﾘﾝｸ](%s) ｱ\n", "https://new.example/ｱ"),
    ("GB18030", "gb18030", "- 😀 [标题](%s) 末尾\n", "https://new.example/路径"),
    ("GB2312 that is more than that", "gb2312", "- 镕 [标题](%s) 末尾\n", NEW),
    ("Cyrillic", "koi8-r", "- Привет [ссылка](%s) конец\n", "https://new.example/путь"),
]


@pytest.mark.parametrize(
    ("encoding", "text", "new"), [pytest.param(*row, id=name) for name, *row in ENCODINGS]
)
def test_a_file_is_repaired_in_the_encoding_that_its_maintainer_says(
    ledger, archive, encoding: str, text: str, new: str
) -> None:
    wide = "gb18030" if encoding == "gb2312" else encoding
    (ledger.folder / "2026-10-01.md").write_bytes((text % OLD).encode(wide))
    archive(encoding)
    moved(ledger, to=new)
    (one,) = plan_repairs(ledger.db, ledger.report(), encoding=encoding).files
    assert one.after == (text % new).encode(wide)


def test_an_address_that_the_encoding_cannot_hold_is_told(ledger, archive) -> None:
    (ledger.folder / "2026-10-01.md").write_bytes(f"- [é]({OLD})\n".encode("latin-1"))
    archive("latin-1")
    moved(ledger, to="https://new.example/路径")
    repairs = plan_repairs(ledger.db, ledger.report(), encoding="latin-1")
    assert repairs.files == ()
    assert "https://new.example/路径 cannot be written in latin-1" in repairs.left_alone[0]


def test_a_file_in_another_encoding_than_is_said_now_is_left_alone(ledger, archive) -> None:
    (ledger.folder / "2026-10-01.md").write_bytes(f"- [é]({OLD})\n".encode("latin-1"))
    archive("latin-1")
    moved(ledger)
    repairs = plan_repairs(ledger.db, ledger.report())
    assert repairs.files == ()
    assert repairs.left_alone == ("2026-10-01.md: it cannot be written again as utf-8",)


FILES = [
    ("a plain name", "2026-10-01.md"),
    ("blanks", "issue of 2026-10-01.md"),
    ("Chinese", "期刊/第1期 2026-10-01.md"),
    ("quotes and a backslash", 'a"b\\c 1.md'),
]


@pytest.mark.parametrize("name", [pytest.param(name, id=what) for what, name in FILES])
def test_git_takes_the_diff_whatever_the_file_is_called(ledger, name: str) -> None:
    ledger.read({name: f"- [x]({OLD})\n", "other 2.md": "nothing here\n"})
    moved(ledger)
    repairs = plan_repairs(ledger.db, ledger.report())
    git(ledger.folder, "init", "-q")
    git(ledger.folder, "apply", "-", data=repairs.diff)
    assert (ledger.folder / name).read_text() == f"- [x]({NEW})\n"


ADDRESSES = [
    ("a parenthesis that does not close", "https://n.example/a)b", "[x](https://n.example/a%29b)"),
    ("parentheses that close", "https://n.example/a_(b)", "[x](https://n.example/a_(b))"),
    ("a space", "https://n.example/a b", "[x](https://n.example/a%20b)"),
    ("a line end", "https://n.example/a\nb", "[x](https://n.example/a%0Ab)"),
    ("Chinese", "https://n.example/路径", "[x](https://n.example/路径)"),
    ("a fragment of its own", "https://n.example/#y", "[x](https://n.example/#y)"),
    ("a script", "javascript:alert(1)", None),
    ("nothing like an address", "n.example", None),
]


@pytest.mark.parametrize(
    ("address", "written"), [pytest.param(*row, id=name) for name, *row in ADDRESSES]
)
def test_the_new_address_is_written_so_that_it_stays_one(ledger, address, written) -> None:
    ledger.read({"2026-10-01.md": f"[x]({OLD})\n"})
    moved(ledger, to=address)
    repairs = plan_repairs(ledger.db, ledger.report())
    if written is None:
        assert repairs.files == ()
        assert "is no address to write" in repairs.left_alone[0]
    else:
        assert repairs.files[0].after.decode() == f"{written}\n"


def test_each_mention_keeps_its_own_fragment(ledger, archive) -> None:
    (ledger.folder / "2026-10-01.md").write_text(f"[x]({OLD}#part) [y]({OLD})\n")
    archive()
    moved(ledger, f"{OLD}#part", NEW)
    (one,) = plan_repairs(ledger.db, ledger.report()).files
    assert one.after.decode() == f"[x]({NEW}#part) [y]({OLD})\n"


def test_an_empty_link_gets_its_address_and_keeps_its_text(ledger, archive) -> None:
    (ledger.folder / "2026-10-01.md").write_text(f"- [{OLD}]()  \n- [nothing]()\n")
    archive()
    ledger.night("2026-11-21")
    repairs = plan_repairs(ledger.db, ledger.report())
    (one,) = repairs.files
    assert one.after.decode() == f"- [{OLD}]({OLD})  \n- [nothing]()\n"
    write_repairs(repairs)
    archive()
    assert plan_repairs(ledger.db, ledger.report()).files == ()


def test_a_text_that_shows_the_old_address_is_left_to_people(ledger, archive) -> None:
    (ledger.folder / "2026-10-01.md").write_text(f"- [{OLD}]({OLD}) and {OLD}\n")
    archive()
    moved(ledger)
    repairs = plan_repairs(ledger.db, ledger.report())
    assert repairs.files[0].after.decode() == f"- [{OLD}]({NEW}) and {NEW}\n"
    write_repairs(repairs)
    archive()
    again = plan_repairs(ledger.db, ledger.report())
    assert again.files == ()
    assert again.left_alone == (
        "2026-10-01.md:1:4: it stands in a link's text, which is yours to change",
    )


def test_one_definition_for_two_links_is_changed_once(ledger, archive) -> None:
    (ledger.folder / "2026-10-01.md").write_text(f"[a][1] and [b][1]\n\n[1]: {OLD}\n")
    archive()
    moved(ledger)
    (one,) = plan_repairs(ledger.db, ledger.report()).files
    assert one.after.decode() == f"[a][1] and [b][1]\n\n[1]: {NEW}\n"


def test_a_bare_address_that_would_lose_its_end_is_put_in_brackets(ledger) -> None:
    ledger.read({"2026-10-01.md": f"see {OLD} there\n"})
    moved(ledger, to="https://n.example/what?")
    (one,) = plan_repairs(ledger.db, ledger.report()).files
    assert one.after.decode() == "see <https://n.example/what?> there\n"


def test_a_title_that_names_a_repository_is_not_rewritten(ledger, archive) -> None:
    (ledger.folder / "2026-10-01.md").write_text(
        "## 开源\n\n- [old/name: 更快](https://mp.weixin.qq.com/s/a)\n"
    )
    archive()
    row = ledger.db.execute("SELECT count(*) FROM mentions WHERE kind = 'title-repo'").fetchone()
    assert row == (1,)
    moved(ledger, "https://github.com/old/name", "https://github.com/new/name")
    assert plan_repairs(ledger.db, ledger.report()).files == ()


def test_only_what_was_chosen_is_repaired(ledger) -> None:
    ledger.read({"2026-10-01.md": f"[x]({OLD})\n"})
    moved(ledger)
    report = ledger.report()
    assert plan_repairs(ledger.db, report, only=[SuggestionKind.RENAMED]).files == ()
    assert plan_repairs(ledger.db, report, only=[SuggestionKind.MOVED]).links == 1


def test_what_is_ignored_or_filtered_out_is_not_repaired(ledger, filters) -> None:
    from report.ignore import read_rules

    ledger.read({"2026-10-01.md": f"[x]({OLD})\n"})
    moved(ledger)
    assert plan_repairs(ledger.db, ledger.report(rules=read_rules("old"))).files == ()
    other = ledger.report(filters=filters(issues=("2020-*",)))
    assert plan_repairs(ledger.db, other).files == ()


def test_written_once_is_written_for_good(ledger) -> None:
    ledger.read({"2026-10-01.md": f"[x]({OLD})\n"})
    (ledger.folder / "2026-10-01.md").chmod(0o640)
    moved(ledger)
    write_repairs(plan_repairs(ledger.db, ledger.report()))
    file = ledger.folder / "2026-10-01.md"
    assert file.read_text() == f"[x]({NEW})\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in ledger.folder.iterdir()] == ["2026-10-01.md"]
    again = plan_repairs(ledger.db, ledger.report())
    assert (again.files, again.diff) == ((), b"")
    assert "changed since it was read" in again.left_alone[0]


def test_a_file_that_changed_is_left_alone_and_others_are_not(ledger) -> None:
    ledger.read({"2026-10-01.md": f"[x]({OLD})\n", "2026-11-01.md": f"[y]({OLD})\n"})
    moved(ledger)
    (ledger.folder / "2026-10-01.md").write_text(f"new [x]({OLD})\n")
    repairs = plan_repairs(ledger.db, ledger.report())
    assert [one.file for one in repairs.files] == ["2026-11-01.md"]
    assert repairs.left_alone == (
        "2026-10-01.md: it changed since it was read; run `linkledger read`",
    )


def test_a_file_that_changes_while_we_write_is_not_overwritten(ledger) -> None:
    ledger.read({"2026-10-01.md": f"[x]({OLD})\n"})
    moved(ledger)
    repairs = plan_repairs(ledger.db, ledger.report())
    (ledger.folder / "2026-10-01.md").write_text("just edited\n")
    with pytest.raises(FixError, match="just been changed"):
        write_repairs(repairs)
    assert (ledger.folder / "2026-10-01.md").read_text() == "just edited\n"


def test_a_file_that_is_gone_is_told(ledger) -> None:
    ledger.read({"2026-10-01.md": f"[x]({OLD})\n"})
    moved(ledger)
    (ledger.folder / "2026-10-01.md").unlink()
    (message,) = plan_repairs(ledger.db, ledger.report()).left_alone
    assert message.startswith("2026-10-01.md: it cannot be read")


def test_a_catalog_cannot_make_us_write_outside_of_the_archive(ledger, tmp_path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(f"[x]({OLD})\n")
    ledger.read({"2026-10-01.md": f"[x]({OLD})\n"})
    moved(ledger)
    for table in ("issues", "mentions"):
        ledger.db.execute(f"UPDATE {table} SET file = '../outside.md'")
    (message,) = plan_repairs(ledger.db, ledger.report()).left_alone
    assert message == "../outside.md: it leads out of the archive"
    (ledger.folder / "link.md").symlink_to(outside)
    for table in ("issues", "mentions"):
        ledger.db.execute(f"UPDATE {table} SET file = 'link.md'")
    (message,) = plan_repairs(ledger.db, ledger.report()).left_alone
    assert message == "link.md: it leads out of the archive"
    (ledger.folder / "link.md").unlink()
    (ledger.folder / "link.md").symlink_to(ledger.folder / "2026-10-01.md")
    (message,) = plan_repairs(ledger.db, ledger.report()).left_alone
    assert message == "link.md: it is a link to another file"


def test_a_place_that_is_not_as_it_was_read_is_told(ledger) -> None:
    ledger.read({"2026-10-01.md": f"[x]({OLD})\n"})
    moved(ledger)
    ledger.db.execute("UPDATE mentions SET url_column = url_column + 1")
    repairs = plan_repairs(ledger.db, ledger.report())
    assert repairs.files == ()
    assert repairs.left_alone == ("2026-10-01.md:1:1: the address is not there as it was read",)


# The real archive, of which every fifth page moved and every repository was renamed.


@pytest.fixture(scope="module")
def real(shared, tmp_path_factory):
    """A copy of the real archive, the catalog of it, and what each link should become."""
    folder = tmp_path_factory.mktemp("real") / "archive"
    folder.mkdir()
    for path in (shared / "archives" / "embedded-ai-report").glob("*.md"):
        (folder / path.name).write_bytes(path.read_bytes())
    db = open_catalog(folder.parent / "catalog.db")
    yield folder, db
    db.close()


def read_real(folder: Path, db, now) -> list[Issue]:
    run = begin_run(db, "read", now)
    number = archive_id(db, str(folder), title="Real", language="zh")
    issues = [issue for issue in read_archive(folder) if isinstance(issue, Issue)]
    for issue in issues:
        save_issue(db, number, run, issue, now)
    take_out_missing(db, number, run, [issue.file for issue in issues])
    drop_unmentioned(db)
    end_run(db, run, now, state="done")
    return issues


def test_the_real_archive_is_repaired_to_the_byte(real, ledger) -> None:
    folder, db = real
    now = ledger.morning("2026-11-20")
    before = {issue.file: issue for issue in read_real(folder, db, now)}
    expected: dict[int, str] = {}
    run, checks = begin_run(db, "nightly", now), []
    for row in db.query("SELECT id, url, judge FROM links WHERE judge <> 'archive'"):
        judgement = Judgement(reason=Reason.OK, rule="test")
        if row["judge"] == "forge":
            expected[row["id"]] = f"https://github.com/renamed/repo-{row['id']}"
            judgement = Judgement(
                reason=Reason.REPO_RENAMED, rule="test", suggestion=expected[row["id"]]
            )
        elif row["id"] % 5 == 0:
            expected[row["id"]] = f"https://moved.example/{row['id']}?a=1"
            judgement = Judgement(
                reason=Reason.MOVED_PERMANENTLY, rule="test", suggestion=expected[row["id"]]
            )
        visit = Visit(url=row["url"], status=200)
        checks.append(
            Check(
                link_id=row["id"],
                checked_at="2026-11-20T08:00:00Z",
                judgement=judgement,
                visit=visit,
            )
        )
    save_checks(db, run, checks, now)
    end_run(db, run, now, state="done")
    link_of = {
        (row["file"], row["url_line"], row["url_column"]): row["link_id"]
        for row in db.query("SELECT * FROM mentions WHERE kind <> 'title-repo'")
    }

    report = select(db, now)
    repairs = plan_repairs(db, report)
    assert len(report.empty) >= 1
    # Three addresses of the archive are written with characters escaped: they are told.
    assert len(repairs.left_alone) <= 3
    assert repairs.links > 400
    for one in repairs.files:
        assert _undone(one) == one.before, one.file

    git(folder, "init", "-q")
    git(folder, "apply", "--check", "-", data=repairs.diff)
    write_repairs(repairs)
    told = {message.split(": ")[0] for message in repairs.left_alone}
    empty = {str(place) for finding in report.empty for place in finding.places}
    for issue in read_real(folder, db, now):
        wanted: Counter[tuple[int, MentionKind, str]] = Counter()
        for was in before[issue.file].mentions:
            place = f"{was.file}:{was.line}:{was.column}"
            link = link_of.get((was.file, was.url_line, was.url_column))
            url, kind = was.url, was.kind
            if kind is not MentionKind.TITLE_REPO and link in expected and place not in told:
                _, sign, fragment = was.url.partition("#")
                url = f"{expected[link]}{sign}{fragment}"
            if place in empty:
                url, kind = expected.get(link, was.url), MentionKind.INLINE
            wanted[was.line, kind, url] += 1
        found = Counter((m.line, m.kind, m.url) for m in issue.mentions)
        assert wanted - found == Counter(), issue.file
        # A link's text that shows the old address is text, which is not ours to change.
        in_text = Counter((m.line, m.kind, m.url) for m in issue.mentions if m.optional)
        assert found - wanted - in_text == Counter(), issue.file
    assert plan_repairs(db, select(db, now)).diff == b""


def _undone(one) -> bytes:
    """Put every old address back, from the last to the first, at the places of the new ones."""
    text = one.after.decode()
    before = one.before.decode()
    shift = sum(len(edit.text) - (edit.end - edit.start) for edit in one.edits)
    for edit in reversed(one.edits):
        shift -= len(edit.text) - (edit.end - edit.start)
        start = edit.start + shift
        assert text[start : start + len(edit.text)] == edit.text
        text = text[:start] + before[edit.start : edit.end] + text[start + len(edit.text) :]
    return text.encode()
