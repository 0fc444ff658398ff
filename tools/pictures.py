"""Makes docs/pictures from what the journeys saw: `python -m tools.pictures` after make test.

Each is cut to what its text is about, a desk’s made smaller, kept in few colours.
"""

import sys

from PIL import Image

from tools.wheels import ROOT

SEEN = ROOT / "build" / "screenshots"
PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128
LARGEST_BYTES = 150_000
# Picture → what a journey called it, and the first and last row of pixels shown.
CUTS = {
    "1-customers": ("tutorial-customers-desk", 0, 900),
    "2-invitations": ("tutorial-tracked-desk", 0, 800),
    "3-register": ("tutorial-register-phone", 0, 900),
    "4-statement": ("tutorial-statement-desk", 0, 900),
    "4-preview": ("tutorial-preview-phone", 60, 1400),
    "5-payments": ("tutorial-incoming-desk", 0, 880),
    "6-settlement": ("tutorial-settlement-desk", 0, 900),
}


def make_picture(name: str, seen: str, top: int, bottom: int) -> int:
    """Write one picture; its size in bytes. Raises FileNotFoundError before the journeys ran."""
    with Image.open(SEEN / f"{seen}.png") as whole:
        shown = whole.convert("RGB").crop((0, top, whole.width, min(bottom, whole.height)))
    if shown.width > shown.height:  # A desk's; a phone's is small enough.
        shown = shown.resize(
            (shown.width * 2 // 3, shown.height * 2 // 3), Image.Resampling.LANCZOS
        )
    path = PICTURES / f"tutorial-{name}.png"
    few = shown.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path.stat().st_size


def main() -> None:
    """Make them all; a picture that grew too large fails."""
    sizes = {name: make_picture(name, *cut) for name, cut in CUTS.items()}
    for name, size in sizes.items():
        print(f"  {name:14} {size // 1000} KB")
    if max(sizes.values()) > LARGEST_BYTES:
        sys.exit(f"A picture is larger than {LARGEST_BYTES // 1000} KB.")


if __name__ == "__main__":
    main()
