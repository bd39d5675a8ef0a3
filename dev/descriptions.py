"""Make the pictures that Odoo's list of apps shows of each addon, of drawings and of the README's: ./oms pictures."""

import re
from pathlib import Path

from browser import launch, new_page, save_small
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
_BANNER = {"width": 1120, "height": 560}
_WIDEST = 1116


def draw(page, drawing, path):
    """Save a drawing as wide and high as the page."""
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{drawing.read_text()}")
    page.screenshot(path=path)
    save_small(Image.open(path), path)


def shrink(source, path):
    """Save a picture as wide as the page that shows it."""
    picture = Image.open(source).convert("RGB")
    picture.thumbnail((_WIDEST, picture.height), Image.Resampling.LANCZOS)
    save_small(picture, path)


def main():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = new_page(browser, _BANNER)
        for text in sorted(ROOT.glob("addons/*/static/description/index.html")):
            folder = text.parent
            draw(page, ROOT / "dev" / "banners" / f"{folder.parents[1].name}.svg", folder / "banner.png")
            for name in re.findall(r'<img [^>]*src="([^"]+)"', text.read_text()):
                shrink(ROOT / "docs" / "images" / name, folder / name)
        browser.close()


if __name__ == "__main__":
    main()
