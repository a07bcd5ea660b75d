"""What answers in GitHub's place, and is not GitHub: one sentence, whatever it says."""

import pytest

from nightly.config import given_settings
from nightly.github import opened
from report.github.repository import GithubError
from tests.loopback import Request, Response, serve

LIMITS = {"X-RateLimit-Limit": "soon", "X-RateLimit-Remaining": "", "X-RateLimit-Reset": "9" * 400}

NOT_GITHUB = [
    ("a page, such as a hotel's", 200, {}, b"<html><h1>Welcome!</h1></html>"),
    ("brackets without end", 200, {}, b"[" * 100_000),
    ("nothing, in JSON", 200, {}, b"null"),
    ("a name that is none", 200, {}, b'{"full_name": "o/n", "default_branch": ["main"]}'),
    ("a message that is none", 404, {}, b'{"message": ["Not Found"]}'),
    ("it leads to another host", 301, {"Location": "http://elsewhere.example/"}, b""),
    ("it leads to no address", 301, {"Location": "http://[half"}, b""),
    ("it leads to no port", 301, {"Location": "http://127.0.0.1:port/"}, b""),
    ("it leads in a circle", 301, {"Location": "/repos/o/n"}, b""),
]


@pytest.mark.parametrize(
    ("status", "headers", "body"), [pytest.param(*row, id=name) for name, *row in NOT_GITHUB]
)
def test_what_is_not_github_is_told_in_a_sentence(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.target)
        return Response(status=status, headers=headers, body=body)

    with serve(answer) as api:
        settings = given_settings({"github_api": api, "github_token": "secret"})
        with pytest.raises(GithubError, match="is not GitHub"), opened(settings, "o/n") as found:
            assert found.default_branch
    assert len(asked) <= 6


def test_a_page_about_trouble_is_told_by_its_status() -> None:
    with serve(lambda _: Response(status=502, body=b"<html>Unicorn!</html>")) as api:
        settings = given_settings({"github_api": api, "github_token": "secret"})
        with pytest.raises(GithubError, match="answers 502"), opened(settings, "o/n"):
            pass


def test_quotas_that_are_no_numbers_say_nothing() -> None:
    with serve(lambda _: Response(headers=LIMITS, body=b'{"full_name": "o/n"}')) as api:
        settings = given_settings({"github_api": api, "github_token": "secret"})
        with opened(settings, "o/n") as found:
            assert found.full_name == "o/n"


def test_a_renamed_repository_is_found() -> None:
    def answer(request: Request) -> Response:
        if request.target == "/repos/o/old":
            return Response(status=301, headers={"Location": "/repositories/1"}, body=b"{}")
        return Response(body=b'{"full_name": "o/new"}')

    with serve(answer) as api:
        settings = given_settings({"github_api": api, "github_token": "secret"})
        with opened(settings, "o/old") as found:
            assert found.full_name == "o/new"
