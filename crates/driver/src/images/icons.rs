//! An application's icon: looked for in the image as desktops do, and drawn anew by a confined process ([`crate::internal::icon`]).

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::layers::Merged;
use super::{ImportError, failed};

/// Themes, the first first. Applications install theirs into `hicolor` (Icon Theme Specification, "Installing Application Icons").
const THEMES: [&str; 5] = ["hicolor", "Adwaita", "breeze", "gnome", "Papirus"];
/// Sizes from the best for `internal::icon::SIDE` pixels down to those that would be blurred.
const SIZES: [&str; 10] =
    ["128x128", "96x96", "scalable", "256x256", "64x64", "72x72", "48x48", "512x512", "32x32", "symbolic"];
/// What one icon may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than a PNG of `internal::icon::SIDE` × [`icon::SIDE`] pixels can be, in bytes.
const LONGEST_PNG: u64 = 64 * 1024;
/// What the child may say on standard error, in bytes.
const LONGEST_MESSAGE: u64 = 1024;

/// How icons are drawn.
pub(super) struct Renderer<'a> {
    /// The program that answers `internal render-icon`.
    pub(super) executable: &'a Path,
    /// Of the whole import: after it no icon is drawn any more.
    pub(super) deadline: Instant,
}

/// The icon as base64 of a PNG; empty if there is none, or none that can be drawn. The application is of use without.
pub(super) fn of_application(
    application: &str,
    icon: &str,
    merged: &Merged,
    renderer: &Renderer<'_>,
) -> Result<String, ImportError> {
    for path in candidates(icon) {
        let read = merged.read_bytes(&path).map_err(failed("reading in the image", Path::new(&path)))?;
        let Some(file) = read else { continue };
        match renderer.render(&file)? {
            Ok(png) => return Ok(STANDARD.encode(png)),
            Err(why) => tracing::warn!(application, path, why, "an icon cannot be shown"),
        }
    }
    Ok(String::new())
}

/// Where it may be, the best place first.
fn candidates(icon: &str) -> Vec<String> {
    if icon.starts_with('/') {
        return vec![icon.to_owned()];
    }
    // Many entries name the file where the specification wants the name.
    let name = [".png", ".svg", ".xpm"].iter().find_map(|end| icon.strip_suffix(end)).unwrap_or(icon);
    if name.is_empty() || name.contains(['/', '\0']) {
        return Vec::new();
    }
    let in_theme = |theme: &str, size: &str| {
        ["svg", "png"].map(|kind| format!("/usr/share/icons/{theme}/{size}/apps/{name}.{kind}"))
    };
    let mut paths: Vec<String> =
        THEMES.iter().flat_map(|theme| SIZES.iter().flat_map(|size| in_theme(theme, size))).collect();
    paths.extend(["png", "svg"].map(|kind| format!("/usr/share/pixmaps/{name}.{kind}")));
    paths
}

impl Renderer<'_> {
    /// The PNG, or why there is none.
    fn render(&self, file: &[u8]) -> Result<Result<Vec<u8>, String>, ImportError> {
        let until = self.deadline.min(Instant::now() + PATIENCE);
        let mut child = Command::new(self.executable)
            .args(["internal", "render-icon"])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed("starting the rendering by", self.executable))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(ImportError::Refused("the rendering has no pipes".into()));
        };
        let pidfd = crate::process::ProcessName::of(child.id() as i32)
            .and_then(|name| name.map_or(Ok(None), |name| name.open()))
            .map_err(failed("watching", Path::new("/proc")))?;
        let (png, message) = std::thread::scope(|scope| {
            let (done, finished) = std::sync::mpsc::channel::<()>();
            // Killing the child makes every pipe below end.
            scope.spawn(move || {
                let left = until.saturating_duration_since(Instant::now());
                let late = finished.recv_timeout(left) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
                if let (true, Some(pidfd)) = (late, &pidfd) {
                    // Fails only if it ended in this moment.
                    let _ = crate::process::kill(pidfd);
                }
            });
            // It reads all before it writes; one that ends early has no use for the rest, and its message says why.
            let _ = stdin.write_all(file);
            drop(stdin);
            let read = |reader: &mut dyn Read, most: u64| {
                let mut bytes = Vec::new();
                // What could not be read is missing, and no PNG then.
                let _ = reader.take(most).read_to_end(&mut bytes);
                bytes
            };
            let (mut stdout, mut stderr) = (stdout, stderr);
            let said = (read(&mut stdout, LONGEST_PNG), read(&mut stderr, LONGEST_MESSAGE));
            drop(done);
            said
        });
        // One that has not ended by now says more than it may.
        let _ = child.kill();
        let status = child.wait().map_err(failed("ending the rendering by", self.executable))?;
        if status.success() && png.starts_with(b"\x89PNG") {
            return Ok(Ok(png));
        }
        let message = String::from_utf8_lossy(&message).trim().to_owned();
        Ok(Err(if message.is_empty() { format!("the rendering ended with {status}") } else { message }))
    }
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn icons_are_looked_for_where_desktops_do() {
        assert_eq!(candidates("/opt/a/icon.png"), ["/opt/a/icon.png"]);
        let found = candidates("org.x.Editor.png");
        assert_eq!(found[0], "/usr/share/icons/hicolor/128x128/apps/org.x.Editor.svg");
        assert_eq!(found[1], "/usr/share/icons/hicolor/128x128/apps/org.x.Editor.png");
        assert_eq!(found.last().unwrap(), "/usr/share/pixmaps/org.x.Editor.svg");
        assert!(candidates("../../etc/shadow").is_empty() && candidates("").is_empty());
    }
}
