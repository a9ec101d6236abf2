//! Applications from desktop entries (freedesktop.org's Desktop Entry Specification 1.5).

/// An application as its desktop entry describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesktopEntry {
    /// The entry's name without its ending: 1 to 100 characters of `A-Z a-z 0-9 _ . -`.
    pub name: String,
    /// What users read: at most 100 characters.
    pub display_name: String,
    /// The program and its arguments; never empty.
    pub argv: Vec<String>,
    /// Where it starts; empty: the user's home.
    pub working_directory: String,
    /// A file's path, or a name to be looked up in a theme; empty: none.
    pub icon: String,
}

/// Longer names than the API takes are cut.
const LONGEST_NAME: usize = 100;

/// The application that the entry `file_name` (`NAME.desktop`) describes; `None` if it is not for a menu, or needs what an instance does not start
/// (a terminal, D-Bus activation without a command).
#[must_use]
pub fn parse(file_name: &str, text: &str) -> Option<DesktopEntry> {
    let name: String = file_name
        .strip_suffix(".desktop")?
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '_' })
        .take(LONGEST_NAME)
        .collect();
    let (mut kind, mut label, mut command, mut directory) = (None, None, None, None);
    let mut icon = String::new();
    let mut in_entry = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_entry = line == "[Desktop Entry]";
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| in_entry && !line.starts_with('#')) else {
            continue;
        };
        let value = value.trim();
        match key.trim() {
            "Type" => kind = Some(value),
            "Name" => label = Some(unescape(value)),
            "Exec" => command = Some(unescape(value)),
            "Icon" => icon = unescape(value),
            "Path" => directory = Some(unescape(value)),
            "NoDisplay" | "Hidden" | "Terminal" if value == "true" => return None,
            _ => {}
        }
    }
    let argv = arguments(&command?)?;
    let display_name: String = label?.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    (kind == Some("Application") && !name.is_empty() && !display_name.is_empty() && !argv.is_empty()).then(
        || DesktopEntry { name, display_name, argv, working_directory: directory.unwrap_or_default(), icon },
    )
}

/// The escapes of string values.
fn unescape(value: &str) -> String {
    let mut result = String::new();
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        match characters.next() {
            Some('s') => result.push(' '),
            Some('n') => result.push('\n'),
            Some('t') => result.push('\t'),
            Some('r') => result.push('\r'),
            Some('\\') => result.push('\\'),
            Some(other) => result.extend(['\\', other]),
            None => result.push('\\'),
        }
    }
    result
}

/// Splits an Exec value, undoes its quotes, and leaves its field codes (files, URLs, icons: there are none here) out. `None` if a quote is open.
fn arguments(command: &str) -> Option<Vec<String>> {
    let mut result = Vec::new();
    let mut current: Option<String> = None;
    let mut characters = command.chars();
    let mut quoted = false;
    while let Some(c) = characters.next() {
        match c {
            '"' => {
                quoted = !quoted;
                current.get_or_insert_default();
            }
            '\\' if quoted => current.get_or_insert_default().push(characters.next()?),
            ' ' | '\t' if !quoted => result.extend(current.take()),
            '%' if !quoted => match characters.next() {
                Some('%') => current.get_or_insert_default().push('%'),
                Some(_) => {}
                None => return None,
            },
            other => current.get_or_insert_default().push(other),
        }
    }
    result.extend(current);
    (!quoted).then_some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(lines: &str) -> String {
        format!(
            "[Desktop Entry]\nType=Application\nName=Editor\nName[de]=Texteditor\n{lines}\n[Desktop Action x]\nExec=other\n"
        )
    }

    #[test]
    fn field_codes_and_quotes_go() {
        let text = entry(
            "Icon=editor\nExec=\"/opt/an editor\" --name=%c %F --percent %% \"a \\\"b\\\" \\$c\"\nPath=/srv",
        );
        let found = parse("org.x.Editor.desktop", &text).unwrap();
        assert_eq!(found.name, "org.x.Editor");
        assert_eq!(found.display_name, "Editor");
        assert_eq!(found.argv, ["/opt/an editor", "--name=", "--percent", "%", "a \"b\" $c"]);
        assert_eq!((found.working_directory.as_str(), found.icon.as_str()), ("/srv", "editor"));
    }

    #[test]
    fn what_is_not_for_a_menu_is_skipped() {
        for lines in [
            "Exec=x\nNoDisplay=true",
            "Exec=x\nHidden=true",
            "Exec=x\nTerminal=true",
            "",
            "Exec=\"x",
            "Type=Link\nExec=x",
        ] {
            assert_eq!(parse("x.desktop", &entry(lines)), None, "{lines}");
        }
        assert_eq!(parse("x.txt", &entry("Exec=x")), None);
        assert_eq!(parse("a b/ä.desktop", &entry("Exec=x")).unwrap().name, "a_b__");
    }
}
