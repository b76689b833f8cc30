"""Where in a TOML text each key stands, so that an error of the config names its line (TOML 1.0)."""

import re
import tomllib

KeyPath = tuple[str | int, ...]
"""A place in a TOML document: table and key names, and the index within arrays."""

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
STRING = re.compile(
    r'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}|\'\'\'(?:[^']|'{1,2}(?!'))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''',
    re.DOTALL,
)
SCALAR = re.compile(r"[^,\]}#\n]+")


def locate(text: str) -> dict[KeyPath, int]:
    """Return the line (from 1) of every table, key and array element of a TOML text.

    The text must be one that tomllib reads: nothing is checked again here, only that the walk ends.
    """
    return _Walk(text.replace("\r\n", "\n")).document()


class _Walk:
    """One walk over the text; `lines` fills as keys are met."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.arrays: dict[KeyPath, int] = {}
        self.counted_to = 0
        self.line = 1

    def document(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip()
        while self.at < len(self.text):
            before = self.at
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
            self._skip()
            if self.at == before:
                break
        return self.lines

    def _header(self) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]`; a name that is an array of tables means its last element."""
        line = self._line()
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        names = self._dotted()
        self.at += 2 if double else 1
        path: KeyPath = ()
        for depth, name in enumerate(names, start=1):
            path = (*path, name)
            if double and depth == len(names):
                self.arrays[path] = self.arrays.get(path, -1) + 1
            self.lines.setdefault(path, line)
            if path in self.arrays:
                path = (*path, self.arrays[path])
                self.lines.setdefault(path, line)
        return path

    def _pair(self, table: KeyPath) -> None:
        """Read `a.b = value` below a table."""
        line = self._line()
        path = table
        for name in self._dotted():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self._skip()
        self._past("=")
        self._skip()
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self.text.startswith("[", self.at):
            self._array(path)
        elif self.text.startswith("{", self.at):
            self._inline_table(path)
        else:
            match = STRING.match(self.text, self.at) or SCALAR.match(self.text, self.at)
            self.at = match.end() if match else self.at

    def _array(self, path: KeyPath) -> None:
        self._past("[")
        self._skip()
        index = 0
        while not self._ends("]"):
            element, before = (*path, index), self.at
            self.lines.setdefault(element, self._line())
            self._value(element)
            self._separator(before)
            index += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._past("{")
        self._skip()
        while not self._ends("}"):
            before = self.at
            self._pair(path)
            self._separator(before)

    def _separator(self, before: int) -> None:
        """Step to the next member; where nothing could be read since `before` the text is bad, and its walk is over."""
        self._skip()
        self._past(",")
        self._skip()
        if self.at == before:
            self.at = len(self.text)

    def _dotted(self) -> tuple[str, ...]:
        names: list[str] = []
        while True:
            self._skip()
            match = KEY.match(self.text, self.at)
            if match is None:
                return tuple(names)
            names.append(_unquoted(match[0]))
            self.at = match.end()
            self._skip()
            if not self.text.startswith(".", self.at):
                return tuple(names)
            self.at += 1

    def _skip(self) -> None:
        match = BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _past(self, mark: str) -> None:
        if self.text.startswith(mark, self.at):
            self.at += 1

    def _ends(self, mark: str) -> bool:
        """Step past a closing mark if it stands here; the end of the text closes everything."""
        here = self.text.startswith(mark, self.at)
        self.at += here
        return here or self.at >= len(self.text)

    def _line(self) -> int:
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        return self.line


def _unquoted(key: str) -> str:
    """Return a key's name without its quotes, escapes resolved."""
    if key[0] not in "\"'":
        return key
    return next(iter(tomllib.loads(f"{key} = 0")))
