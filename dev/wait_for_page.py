"""Fetch the page named; fail when nobody serves it."""

import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=120) as page:
    page.read()
