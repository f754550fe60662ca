"""What a browser would make of an HTML report: its texts, tags, and whatever it would fetch or run."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}
FETCHING = {
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "audio",
    "video",
    "source",
    "form",
    "base",
    "image",
    "use",
}


class Page(HTMLParser):
    """Every tag must be closed by its own."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(data.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def foreign(self) -> list[str]:
        """Tags and attributes that would fetch or run something."""
        found = [tag for tag, _ in self.tags if tag in FETCHING]
        for _, attributes in self.tags:
            found += [
                name for name in attributes if name.startswith("on") or name in ("src", "srcset", "style", "xlink:href")
            ]
            link = attributes.get("href")
            found += [link] if link is not None and not link.startswith("#") else []
        return found
