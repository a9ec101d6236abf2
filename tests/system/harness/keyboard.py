"""A user's keyboard: an X display on which keys are pressed by their place, under any layout; and what libxkbcommon says that they make."""

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

# X's key codes of the keys that make characters, row by row, as a PC keyboard with 105 keys has them: evdev's code + 8.
ROWS = (tuple(range(10, 22)) + (49,), tuple(range(24, 36)), tuple(range(38, 49)) + (51,), (94,) + tuple(range(52, 62)), (65,))
KEYS = tuple(key for row in ROWS for key in row)
SHIFT, ALT_GR, CONTROL, ENTER = 50, 108, 37, 36
LEVELS = {"plain": (), "shift": (SHIFT,), "altgr": (ALT_GR,), "shift+altgr": (SHIFT, ALT_GR)}


@dataclass(frozen=True)
class Layout:
    """As setxkbmap names it."""

    name: str
    variant: str = ""
    alt_gr: bool = True

    def __str__(self) -> str:
        return f"{self.name}{f'({self.variant})' if self.variant else ''}"


# The US keyboard has no AltGr: its right Alt is an Alt.
LAYOUTS = (Layout("us", alt_gr=False), Layout("gb"), Layout("de"), Layout("ch"), Layout("fr"), Layout("es"))

# What a dead key and a letter make together, by the dead key's name in XKB.
DEAD = {
    "dead_acute": {"a": "á", "e": "é", "E": "É"},
    "dead_grave": {"a": "à", "e": "è", "E": "È", " ": "`"},
    "dead_circumflex": {"a": "â", "e": "ê", "o": "ô", " ": "^"},
    "dead_diaeresis": {"a": "ä", "e": "ë", "U": "Ü"},
    "dead_tilde": {"n": "ñ", "o": "õ", " ": "~"},
}


class _RuleNames(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


class Table:
    """What each key makes, from the system's own keyboard descriptions (xkb-data), by the library that desktops use."""

    def __init__(self, layout: Layout) -> None:
        library = ctypes.CDLL("libxkbcommon.so.0")
        for name in ("xkb_context_new", "xkb_keymap_new_from_names", "xkb_state_new"):
            getattr(library, name).restype = ctypes.c_void_p
        self._library = library
        context = ctypes.c_void_p(library.xkb_context_new(0))
        names = _RuleNames(b"evdev", b"pc105", layout.name.encode(), layout.variant.encode(), b"")
        self._keymap = ctypes.c_void_p(library.xkb_keymap_new_from_names(context, ctypes.byref(names), 0))
        assert self._keymap.value, layout

    def _with(self, key: int, modifiers: tuple[int, ...]) -> tuple[ctypes.c_void_p, int]:
        state = ctypes.c_void_p(self._library.xkb_state_new(self._keymap))
        for modifier in modifiers:
            self._library.xkb_state_update_key(state, modifier, 1)
        return state, key

    def character(self, key: int, modifiers: tuple[int, ...]) -> str:
        """The one character that it makes, or nothing: dead keys make none."""
        state, key = self._with(key, modifiers)
        buffer = ctypes.create_string_buffer(16)
        length = self._library.xkb_state_key_get_utf8(state, key, buffer, len(buffer))
        text = buffer.raw[:length].decode()
        return text if len(text) == 1 and text.isprintable() else ""

    def keysym(self, key: int, modifiers: tuple[int, ...]) -> str:
        """The name of what it makes in XKB, such as `dead_acute`."""
        state, key = self._with(key, modifiers)
        buffer = ctypes.create_string_buffer(64)
        self._library.xkb_keysym_get_name(self._library.xkb_state_key_get_one_sym(state, key), buffer, len(buffer))
        return buffer.value.decode()

    def find(self, character: str) -> tuple[int, tuple[int, ...]] | None:
        """A key and modifiers that make this character."""
        every = ((key, modifiers) for modifiers in LEVELS.values() for key in KEYS)
        return next((stroke for stroke in every if self.character(*stroke) == character), None)


class Display:
    """An X server with a window manager, for a browser with a window and a keyboard."""

    def __init__(self, directory: str) -> None:
        read, write = os.pipe()
        screen = ("-screen", "0", "1400x900x24", "-nolisten", "tcp", "-noreset")
        self._server = subprocess.Popen(["Xvfb", "-displayfd", str(write), *screen], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.name = f":{number.readline().strip()}"
        self._environment = os.environ | {"DISPLAY": self.name, "HOME": directory, "XDG_CONFIG_HOME": directory, "XDG_CACHE_HOME": directory}
        self._manager = subprocess.Popen(["openbox", "--sm-disable"], env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, *command: str) -> None:
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (command[0], done.stderr)

    def use(self, layout: Layout) -> None:
        variant = ("-variant", layout.variant) if layout.variant else ()
        self.run("setxkbmap", "-rules", "evdev", "-model", "pc105", "-layout", layout.name, *variant)

    def press(self, *keys: int, held: tuple[int, ...] = (), delay_ms: int = 12) -> None:
        """Keys by their place, one after the other, while others are held."""
        down = [word for key in held for word in ("keydown", str(key))]
        up = [word for key in reversed(held) for word in ("keyup", str(key))]
        self.run("xdotool", *down, "key", "--delay", str(delay_ms), *map(str, keys), *up)

    def click(self, x: int, y: int) -> None:
        """A real click: it gives the page the keys, which a new window's address bar has first."""
        self.run("xdotool", "mousemove", str(x), str(y), "click", "1")

    def close(self) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)


@contextlib.contextmanager
def display(directory: str) -> Iterator[Display]:
    made = Display(directory)
    try:
        yield made
    finally:
        made.close()
