"""Take the pictures of the report for the READMEs: `make pictures`, with Chromium installed.

They show the HTML report of `linkledger demo`, in English and in Chinese.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
NOW = "2026-11-22T04:00:00Z"
LANGUAGES = {"en": "report.png", "zh": "report.zh-CN.png"}
SIZE = {"width": 1120, "height": 820}
COLOURS = 96  # enough for text, and a fifth of the bytes


def main() -> None:
    """Write both pictures beside this file."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for language, picture in LANGUAGES.items():
            folder = Path(name) / language
            demo = ["demo", "--catalog", folder / "catalog.db", "--lang", language, "--now", NOW]
            subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-m", "nightly", *demo],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                check=True,
            )
            page = browser.new_page(viewport=SIZE, device_scale_factor=1.5, locale=language)
            page.goto((folder / "published/report.html").as_uri())
            shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            shot.quantize(COLOURS).save(HERE / picture, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
