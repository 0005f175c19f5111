"""Colours that can be read: contrast as WCAG 2.2 defines it."""

# Text on these grounds; no pure white or black, which mail programs turn into each other.
PAPER, NIGHT = "#fffdf9", "#1f1e1c"
_ENOUGH = 4.5  # WCAG 2.2, success criterion 1.4.3


def readable(colour: str, ground: str) -> str:
    """`colour` (#rrggbb), darkened or lightened as little as it takes to stand out from `ground` by 4.5 to 1."""
    target = 0 if _luminance(ground) > 0.18 else 255
    for step in range(51):
        mixed = "#" + "".join(f"{round(value + (target - value) * step / 50):02x}" for value in _channels(colour))
        if contrast(mixed, ground) >= _ENOUGH:
            return mixed
    return mixed


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb): 1 if they are the same, 21 between black and white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
