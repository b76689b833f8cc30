"""Lines of text as a browser would lay them out: white space collapsed, breaks, quotations, rows and lists."""

CELL_GAP = "  "
MAX_PREFIX = 40
"""Characters before a line, for quotations and lists; what is deeper keeps the prefix that it has."""


class Page:
    """Lines as they come to be. Breaks wait for the next words, so that those which nothing follows cost no lines."""

    __slots__ = (
        "_fresh", "_last_prefix", "_line_prefix", "_lines", "_marker", "_pieces",
        "_rest_prefix", "_rows", "_started", "_wanted", "prefix",
    )  # fmt: skip

    def __init__(self) -> None:
        self.prefix = ""
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._line_prefix = ""
        self._rest_prefix = ""
        self._last_prefix = ""
        self._marker = ""
        self._wanted = 0
        self._fresh = False
        self._rows: list[int] = []
        self._started = 0

    def text(self) -> str:
        """Return the lines so far, without blank ones at either end and never two blank ones in a row."""
        self._end_line()
        return "\n".join(self._lines).replace("\xa0", " ").strip("\n")

    def words(self, text: str) -> None:
        """Write words whose white space is collapsed: at the beginning of a line, and behind a blank, it falls away."""
        if self._fresh or self._wanted or not self._pieces:
            text = text.lstrip(" ")
            if not text or (self._fresh and not text.strip()):
                return
            self._begin()
        elif text[:1] == " " and self._pieces[-1][-1:] == " ":
            text = text[1:]
        if text:
            self._pieces.append(text)

    def raw(self, text: str) -> None:
        """Write words whose white space stands as it is."""
        for at, line in enumerate(text.split("\n")):
            if at:
                self.line_break()
            if line:
                if self._fresh or self._wanted or not self._pieces:
                    self._begin()
                self._pieces.append(line)

    def append(self, text: str) -> None:
        """Write words right behind the last ones (there must be some), whatever breaks are wanted after them."""
        self._pieces[-1] = self._pieces[-1].rstrip(" ")
        self._pieces.append(text)

    def line_break(self) -> None:
        """End the line; on a line that has ended, a blank one."""
        if not self._fresh:
            self._wanted += 1

    def block(self, breaks: int) -> None:
        """Want so many line breaks before the next words, not counting those that are wanted already."""
        if not self._fresh and self._wanted < breaks:
            self._wanted = breaks

    def entry(self, marker: str) -> None:
        """Begin an entry of a list: its first line has the marker, the prefix is already that of its other lines."""
        self.block(1)
        self._marker = marker
        self._fresh = True

    def end_of_entry(self) -> None:
        """End an entry of a list."""
        self._marker = ""
        self._fresh = False
        self._wanted = 1

    def row(self) -> None:
        """Begin a row of a table."""
        self.block(1)
        self._rows.append(self._started - (1 if self._fresh and self._pieces and not self._wanted else 0))

    def end_of_row(self) -> None:
        """End a row of a table."""
        self._rows.pop()
        self._fresh = False
        self.block(1)

    def cell(self) -> None:
        """Begin a cell: on the same line as the cell before it where that had one line only."""
        if self._rows and self._pieces and self._started - self._rows[-1] == 1:
            self._wanted = 0
        else:
            self._fresh = False
            self.block(1)
        self._fresh = True

    def end_of_cell(self) -> None:
        """End a cell."""
        self._fresh = False

    def _begin(self) -> None:
        """Begin a line where one is wanted, a cell where one has begun."""
        cell = self._fresh and self._pieces and not self._wanted
        self._fresh = False
        if cell:
            while len(self._pieces) > 1 and not self._pieces[-1].strip(" \xa0"):
                self._pieces.pop()
            self._pieces[-1] = self._pieces[-1].rstrip(" \xa0")
            self._pieces.append(CELL_GAP)
            return
        self._end_line()
        if self._wanted > 1:
            self._add(min(self._last_prefix, self.prefix, key=len).rstrip())
        self._wanted = 0
        self._started += 1
        self._line_prefix = self._rest_prefix = self.prefix
        if self._marker:
            self._line_prefix = self.prefix.removesuffix(" " * len(self._marker)) + self._marker
            self._marker = ""

    def _end_line(self) -> None:
        pieces = self._pieces
        if pieces:
            words = (pieces[0] if len(pieces) == 1 else "".join(pieces)).rstrip()
            self._pieces = []
            self._last_prefix = self._rest_prefix
            if words:
                self._lines.append(self._line_prefix + words)
            else:
                self._add(self._line_prefix.rstrip())

    def _add(self, blank: str) -> None:
        """Add a blank line, quoted or not; a second one would say nothing more."""
        if not self._lines or self._lines[-1] != blank:
            self._lines.append(blank)
