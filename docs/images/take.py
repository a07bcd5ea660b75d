"""Take the pictures of the web page: `python docs/images/take.py`, with Chromium installed.

They show a made-up catalog (`benchmarks/_many.py`) of 4,000 links.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks._many import Size, build  # noqa: E402 - the path comes first
from catalog.sharing.publish import publish  # noqa: E402 - as above

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SERVE = (
    "import sys; from catalog.serve.server import serve;"
    "serve(sys.argv[1], port=0, ready=lambda address: print(address, flush=True))"
)
PICTURES = (
    ("home", "", (1200, 900), "light", True),
    ("home-dark", "", (1200, 900), "dark", False),
    ("home-phone", "", (390, 844), "light", False),
    ("search", "catalog/items?_search=量化", (1200, 900), "light", False),
    ("broken-links", "catalog/broken_links", (1200, 900), "dark", False),
)


def main() -> None:
    """Write every picture beside this file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = Size(links=4_000, repos=200, items=1_800, issues=120, aging=260)
        build(folder / "catalog.db", size)
        publish(folder / "catalog.db", folder / "site")
        with (
            subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-c", SERVE, folder / "site"],
                cwd=HERE.parents[1],
                stdout=subprocess.PIPE,
                text=True,
            ) as server,
            sync_playwright() as playwright,
        ):
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            for file, path, (width, height), scheme, whole in PICTURES:
                page = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=scheme
                )
                page.goto(f"{address}{path}")
                page.wait_for_load_state("networkidle")
                page.screenshot(path=HERE / f"{file}.png", full_page=whole)
            browser.close()
            server.terminate()


if __name__ == "__main__":
    main()
