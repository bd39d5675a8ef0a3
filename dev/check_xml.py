"""Say which of the files named are no well-formed XML."""

import sys

from lxml import etree


def main(paths):
    broken = 0
    for path in paths:
        try:
            etree.parse(path)
        except (etree.XMLSyntaxError, OSError) as error:
            print(f"{path}: {error}")
            broken += 1
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
