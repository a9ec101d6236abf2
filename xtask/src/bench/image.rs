//! The image of the stream's benchmark: nothing but the static test application, the least that can be streamed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::Programs;
use crate::shell;

/// Applications of the image, and how the program is started for each.
const APPLICATIONS: [(&str, &str); 6] = [
    ("bench", ""),
    ("bench-film", "--animate=full"),
    ("bench-window", "--animate=window"),
    ("bench-scroll", "--scroll"),
    ("bench-both", "--both"),
    ("bench-turns", "--animate=full --turns=2"),
];

/// Makes the image in `directory`.
///
/// # Errors
/// A file cannot be written, or tar failed.
pub(super) fn make(programs: &Programs, directory: &Path) -> anyhow::Result<PathBuf> {
    let (root, image) = (directory.join("root"), directory.join("bench.tar"));
    for directory in
        ["dev", "home/user", "proc", "run", "sys", "tmp", "usr/bin", "usr/share/applications", "etc", "var"]
    {
        fs::create_dir_all(root.join(directory))?;
    }
    fs::write(
        root.join("etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:User:/home/user:/bin/sh\n",
    )?;
    fs::write(root.join("etc/group"), "root:x:0:\nuser:x:1000:\n")?;
    for (name, arguments) in APPLICATIONS {
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName={name}\nExec=/usr/bin/millrace-bench-app {arguments}\n"
        );
        fs::write(root.join(format!("usr/share/applications/{name}.desktop")), entry)?;
    }
    fs::copy(&programs.bench_app, root.join("usr/bin/millrace-bench-app"))?;
    let mut tar = Command::new("tar");
    tar.args(["--create", "--numeric-owner", "--owner=0", "--group=0", "--sort=name", "--file"]).arg(&image);
    shell::run(tar.arg("--directory").arg(&root).arg("."))?;
    Ok(image)
}
