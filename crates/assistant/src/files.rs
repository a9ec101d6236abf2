//! What only somebody inside the builder can see: whether programs and pictures are there, and what is installed.

use std::fs::{self, Metadata};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use millrace_model::desktop_entry::{self, DesktopEntry};
use millrace_stream::assistant::{AssistantRequest, CatalogueEntry};

/// Where packages put their desktop entries.
const ENTRIES: [&str; 2] = ["/usr/local/share/applications", "/usr/share/applications"];
/// As many as are listed.
const MOST_ENTRIES: usize = 100;
/// A desktop entry, in bytes.
const LONGEST_ENTRY: u64 = 256 * 1024;
/// Where pictures are, best first: large enough for a catalogue, small enough to be sent.
const ICON_DIRECTORIES: [&str; 6] = [
    "/usr/share/icons/hicolor/128x128/apps",
    "/usr/share/icons/hicolor/64x64/apps",
    "/usr/share/icons/hicolor/48x48/apps",
    "/usr/share/icons/hicolor/scalable/apps",
    "/usr/share/icons/hicolor/32x32/apps",
    "/usr/share/pixmaps",
];
const ICON_ENDINGS: [&str; 3] = ["png", "svg", "xpm"];
const PATH: [&str; 6] = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/games", "/usr/games", "/opt/bin"];

/// Whether the files that a request names are what they should be.
pub(crate) fn check(request: &AssistantRequest) -> Result<(), String> {
    match request {
        AssistantRequest::AddApplication(entry) => {
            program(&entry.absolute_app_path)?;
            picture(&entry.absolute_icon_path)?;
            directory(&entry.working_directory)
        }
        AssistantRequest::UpdateDefaultApplication(change) => {
            change.absolute_app_path.as_deref().map_or(Ok(()), program)?;
            change.absolute_icon_path.as_deref().map_or(Ok(()), picture)?;
            change.working_directory.as_deref().map_or(Ok(()), directory)
        }
        AssistantRequest::RemoveApplication { .. }
        | AssistantRequest::ListApplications
        | AssistantRequest::CreateImage(_)
        | AssistantRequest::ReportUpdate(_) => Ok(()),
    }
}

fn program(path: &str) -> Result<(), String> {
    let metadata = look("application's", path)?;
    let executable = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    if executable { Ok(()) } else { Err(format!("{path} is not a program that can be executed.")) }
}

fn picture(path: &str) -> Result<(), String> {
    if path.is_empty() || look("icon's", path)?.is_file() {
        Ok(())
    } else {
        Err(format!("{path} is not a file."))
    }
}

fn directory(path: &str) -> Result<(), String> {
    if path.is_empty() || look("working directory's", path)?.is_dir() {
        Ok(())
    } else {
        Err(format!("{path} is not a directory."))
    }
}

fn look(what: &str, path: &str) -> Result<Metadata, String> {
    if !path.starts_with('/') {
        return Err(format!("The {what} path {path:?} is not absolute."));
    }
    fs::metadata(path).map_err(|error| format!("The {what} path {path} cannot be used: {error}."))
}

/// The applications that could be in the catalogue, by name.
pub(crate) fn installed() -> Vec<CatalogueEntry> {
    let mut found = std::collections::BTreeMap::new();
    for directory in ENTRIES {
        let Ok(entries) = fs::read_dir(directory) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = read(&entry.path());
            let parsed = text.and_then(|text| desktop_entry::parse(&name, &text));
            if let Some(parsed) = parsed.and_then(described) {
                // What the administrator put there himself goes first.
                found.entry(parsed.name.clone()).or_insert(parsed);
            }
        }
    }
    found.into_values().take(MOST_ENTRIES).collect()
}

fn read(path: &Path) -> Option<String> {
    let mut text = Vec::new();
    fs::File::open(path).ok()?.take(LONGEST_ENTRY).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// None if its program is not there.
fn described(entry: DesktopEntry) -> Option<CatalogueEntry> {
    let (program, arguments) = entry.argv.split_first()?;
    Some(CatalogueEntry {
        name: entry.name,
        absolute_app_path: find(program)?,
        display_name: entry.display_name,
        absolute_icon_path: icon(&entry.icon).unwrap_or_default(),
        launch_parameters: shlex::try_join(arguments.iter().map(String::as_str)).ok()?,
        working_directory: entry.working_directory,
    })
}

fn find(program: &str) -> Option<String> {
    if program.starts_with('/') {
        return Path::new(program).is_file().then(|| program.to_owned());
    }
    PATH.iter().map(|directory| format!("{directory}/{program}")).find(|path| Path::new(path).is_file())
}

fn icon(name: &str) -> Option<String> {
    if name.starts_with('/') {
        return Path::new(name).is_file().then(|| name.to_owned());
    }
    let plain = !name.is_empty() && !name.contains('/');
    let candidates = ICON_DIRECTORIES
        .iter()
        .flat_map(|directory| ICON_ENDINGS.iter().map(move |ending| format!("{directory}/{name}.{ending}")));
    plain.then_some(())?;
    candidates.into_iter().find(|path| Path::new(path).is_file())
}
