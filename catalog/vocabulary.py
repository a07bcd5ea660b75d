"""The closed sets of words that stages, catalog and reports share, each defined once."""

from enum import StrEnum


class Verdict(StrEnum):
    """What one visit says about a reader who follows the link."""

    OK = "ok"
    MOVED = "moved"
    BROKEN = "broken"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"
    UNCLEAR = "unclear"


class Reason(StrEnum):
    """Why a visit got its verdict; each reason belongs to exactly one `Verdict`."""

    OK = "ok"

    MOVED_PERMANENTLY = "moved_permanently"
    REPO_RENAMED = "repo_renamed"
    ACCOUNT_MIGRATED = "account_migrated"

    NOT_FOUND = "not_found"
    GONE = "gone"
    SOFT_404 = "soft_404"
    DELETED_BY_PUBLISHER = "deleted_by_publisher"
    REMOVED_FOR_VIOLATION = "removed_for_violation"
    LINK_EXPIRED = "link_expired"
    PARKED = "parked"
    REDIRECTED_HOME = "redirected_home"
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_UNSAFE = "redirect_unsafe"
    HOST_NOT_FOUND = "host_not_found"
    TLS_INVALID = "tls_invalid"
    BAD_URL = "bad_url"
    FILE_MISSING = "file_missing"
    FRAGMENT_MISSING = "fragment_missing"
    REPO_GONE = "repo_gone"
    PAPER_GONE = "paper_gone"
    EMPTY_PAGE = "empty_page"

    FORBIDDEN = "forbidden"
    LOGIN_REQUIRED = "login_required"
    RATE_LIMITED = "rate_limited"
    BOT_WALL = "bot_wall"
    CAPTCHA = "captcha"
    LEGAL = "legal"

    TIMEOUT = "timeout"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_RESET = "connection_reset"
    SERVER_ERROR = "server_error"
    DNS_FAILURE = "dns_failure"
    TLS_ERROR = "tls_error"
    PROTOCOL_ERROR = "protocol_error"

    ROBOTS = "robots"
    SCHEME = "scheme"
    PRIVATE_ADDRESS = "private_address"
    EXCLUDED = "excluded"

    UNEXPECTED_STATUS = "unexpected_status"
    UNEXPECTED_ANSWER = "unexpected_answer"

    @property
    def verdict(self) -> Verdict:
        """The one verdict that this reason stands for."""
        return _VERDICT_OF[self]


REASONS: dict[Verdict, tuple[Reason, ...]] = {
    Verdict.OK: (Reason.OK,),
    Verdict.MOVED: (Reason.MOVED_PERMANENTLY, Reason.REPO_RENAMED, Reason.ACCOUNT_MIGRATED),
    Verdict.BROKEN: (
        Reason.NOT_FOUND,
        Reason.GONE,
        Reason.SOFT_404,
        Reason.DELETED_BY_PUBLISHER,
        Reason.REMOVED_FOR_VIOLATION,
        Reason.LINK_EXPIRED,
        Reason.PARKED,
        Reason.REDIRECTED_HOME,
        Reason.REDIRECT_LOOP,
        Reason.REDIRECT_UNSAFE,
        Reason.HOST_NOT_FOUND,
        Reason.TLS_INVALID,
        Reason.BAD_URL,
        Reason.FILE_MISSING,
        Reason.FRAGMENT_MISSING,
        Reason.REPO_GONE,
        Reason.PAPER_GONE,
        Reason.EMPTY_PAGE,
    ),
    Verdict.BLOCKED: (
        Reason.FORBIDDEN,
        Reason.LOGIN_REQUIRED,
        Reason.RATE_LIMITED,
        Reason.BOT_WALL,
        Reason.CAPTCHA,
        Reason.LEGAL,
    ),
    Verdict.UNREACHABLE: (
        Reason.TIMEOUT,
        Reason.CONNECTION_REFUSED,
        Reason.CONNECTION_RESET,
        Reason.SERVER_ERROR,
        Reason.DNS_FAILURE,
        Reason.TLS_ERROR,
        Reason.PROTOCOL_ERROR,
    ),
    Verdict.SKIPPED: (Reason.ROBOTS, Reason.SCHEME, Reason.PRIVATE_ADDRESS, Reason.EXCLUDED),
    Verdict.UNCLEAR: (Reason.UNEXPECTED_STATUS, Reason.UNEXPECTED_ANSWER),
}

_VERDICT_OF = {reason: verdict for verdict, reasons in REASONS.items() for reason in reasons}

# A reader gets what was linked, be it elsewhere.
SUCCESS = frozenset({Verdict.OK, Verdict.MOVED})

# One look is not enough for these: the page may be rebuilt, the certificate renewed, the
# rule that saw it mistaken. Every other reason for `BROKEN` is the server's own word.
SOFT_EVIDENCE = frozenset(
    {
        Reason.SOFT_404,
        Reason.PARKED,
        Reason.REDIRECTED_HOME,
        Reason.REDIRECT_LOOP,
        Reason.TLS_INVALID,
        Reason.EMPTY_PAGE,
    }
)


class Standing(StrEnum):
    """What stands of a link now, after all its visits."""

    OK = "ok"
    MOVED = "moved"
    BROKEN = "broken"
    SUSPECT = "suspect"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    UNCLEAR = "unclear"
    UNCHECKED = "unchecked"


class MentionKind(StrEnum):
    """How an issue writes a link down."""

    INLINE = "inline"
    REFERENCE = "reference"
    AUTOLINK = "autolink"
    BARE = "bare"
    EMPTY = "empty"
    HTML = "html"
    IMAGE = "image"
    TITLE_REPO = "title-repo"


class Judge(StrEnum):
    """Who says what became of a link: its page, its forge, arXiv, or the archive itself."""

    PAGE = "page"
    FORGE = "forge"
    PAPER = "paper"
    ARCHIVE = "archive"


class RepoState(StrEnum):
    """What became of a repository."""

    OK = "ok"
    RENAMED = "renamed"
    GONE = "gone"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class Via(StrEnum):
    """How a repository came to be in the catalog."""

    LINK = "link"
    TITLE = "title"
    PAGE = "page"


class SuggestionKind(StrEnum):
    """What the address is that we offer instead of a link's own."""

    MOVED = "moved"
    RENAMED = "renamed"
    ARCHIVED = "archived"
    EMPTY = "empty"
    FILE = "file"
