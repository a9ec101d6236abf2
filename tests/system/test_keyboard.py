"""Every key of six keyboards, pressed by its place in a real browser on a real X display, and read back from the file that the editor saves."""

import time

import pytest
from harness import inside, wait
from harness.browser import Browser
from harness.desk import file_of, open_editor, save
from harness.keyboard import DEAD, ENTER, KEYS, LAYOUTS, LEVELS, Layout, Table, display

# Longer than a key code is kept for an application that does not say how far it is.
EDITOR_BUSY_SECONDS = 3

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]


def lines_of(layout: Layout, table: Table) -> list[tuple[str, tuple[int, ...], list[tuple[int, str]]]]:
    """For each level its modifiers, and the keys that make a character with them, with that character."""
    lines = []
    for level, modifiers in LEVELS.items():
        if "altgr" in level and not layout.alt_gr:
            continue
        made = [(key, character) for key in KEYS if (character := table.character(key, modifiers))]
        lines.append((level, modifiers, made))
    return lines


def dead_strokes(table: Table) -> list[tuple[int, tuple[int, ...], int, tuple[int, ...], str]]:
    """Each dead key of the layout with each letter that it changes: two strokes, and what they make."""
    strokes = []
    for level in LEVELS.values():
        for key in KEYS:
            for letter, expected in DEAD.get(table.keysym(key, level), {}).items():
                found = table.find(letter)
                if found:
                    strokes.append((key, level, *found, expected))
    return strokes


@pytest.fixture(scope="module")
def keyboard(tmp_path_factory):
    with display(str(tmp_path_factory.mktemp("display"))) as made:
        yield made


@pytest.fixture(scope="module")
def windowed(keyboard):
    browser = Browser(display=keyboard.name)
    yield browser
    browser.close()


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_every_key_makes_what_its_layout_says(windowed, keyboard, desk, sandbox, layout):
    keyboard.use(layout)
    page = windowed.open()
    try:
        open_editor(page, desk)
        keyboard.click(700, 500)
        wait.until(lambda: page.evaluate("() => document.hasFocus() && document.activeElement.id") == "keyboard", seconds=20, what="the keys")
        table = Table(layout)
        expected = []
        for _, modifiers, made in lines_of(layout, table):
            keyboard.press(*(key for key, _ in made), held=modifiers)
            keyboard.press(ENTER)
            expected.append("".join(character for _, character in made))
        composed = ""
        for first, first_level, second, second_level, made in dead_strokes(table):
            keyboard.press(first, held=first_level)
            keyboard.press(second, held=second_level)
            composed += made
        expected.append(composed)
        name = f"layout-{layout.name}.txt"
        save(page, f"/home/user/{name}")
        read = file_of(sandbox, f"home/user/{name}").read_text()
        assert read.split("\n") == expected, layout
        assert len("".join(expected)) > 90, "a keyboard has many keys"
    finally:
        page.close()


def test_an_input_method_composes(page, desk, sandbox):
    """What is composed arrives once it is done, and only then."""
    open_editor(page, desk)
    for partial in ("に", "にほ", "にほん"):
        page.protocol("Input.imeSetComposition", text=partial, selectionStart=len(partial), selectionEnd=len(partial))
    page.protocol("Input.insertText", text="日本")
    page.call("keyboard.type", " ok")
    save(page, "/home/user/composed.txt")
    assert file_of(sandbox, "home/user/composed.txt").read_text() == "日本 ok"


def signal_editor(sandbox, signal: str) -> None:
    """The editor of each instance that has one."""
    script = f"for process in /proc/[0-9]*; do grep -qx mousepad $process/comm 2>/dev/null && kill -{signal} ${{process#/proc/}} && echo $process; done; true"
    instances = [path.name for path in (sandbox.data_dir / "run/instances").iterdir()]
    told = [inside.run(sandbox, instance, "sh", "-c", script).stdout for instance in instances]
    assert any(told), f"no editor in {instances}"


def test_what_is_typed_while_the_application_is_busy_comes_out_right(page, desk, sandbox):
    """More characters than there are key codes to lend, none of which any key makes, and an editor that does not come to them for seconds."""
    written = "".join(chr(0x4E00 + number) for number in range(70))
    open_editor(page, desk)
    signal_editor(sandbox, "STOP")
    page.protocol("Input.insertText", text=written)
    time.sleep(EDITOR_BUSY_SECONDS)
    signal_editor(sandbox, "CONT")
    save(page, "/home/user/busy.txt")
    assert file_of(sandbox, "home/user/busy.txt").read_text() == written


@pytest.mark.parametrize("event", ["blur", "reload"])
def test_no_key_stays_down(page, desk, sandbox, event):
    """A held key is told by Control: with it down, "s" would open a dialogue instead of being typed."""
    open_editor(page, desk)
    for key in ("Control", "Shift", "Alt"):
        page.call("keyboard.down", key)
    if event == "blur":
        page.evaluate("() => window.dispatchEvent(new Event('blur'))")
    else:
        page.call("reload")
        page.wait_state("connected")
    for key in ("Control", "Shift", "Alt"):
        page.call("keyboard.up", key)
    page.call("keyboard.type", "save")
    save(page, f"/home/user/held-{event}.txt")
    assert file_of(sandbox, f"home/user/held-{event}.txt").read_text() == "save"
