"""A text on one line, cut where it is too long. Pure."""


def shortened(text: str, most: int) -> str:
    """The words of a text between single blanks, in at most ``most`` characters; what was cut ends
    in an ellipsis, inside a word where a language writes none apart."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
