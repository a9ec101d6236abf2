//! From admission to an application's first picture.

use std::path::Path;

use serde_json::Value;

use super::{free_address, script};
use crate::build::Programs;
use crate::demo::{Demo, Scene};
use crate::{images, paths};

/// Measures with the demo's editor.
///
/// # Errors
/// Something could not be started or measured.
pub(super) fn measure(programs: &Programs, directory: &Path, samples: u32) -> anyhow::Result<Vec<Value>> {
    both_types(programs, directory, &images::demo(&paths::cache())?, "editor", samples)
}

/// Measures with an application of an image, in a fleet of each type.
///
/// # Errors
/// Something could not be started or measured.
pub(super) fn both_types(
    programs: &Programs,
    directory: &Path,
    image: &Path,
    application: &str,
    samples: u32,
) -> anyhow::Result<Vec<Value>> {
    let samples = samples.to_string();
    let mut figures = Vec::new();
    for (name, fleet_type) in [("on-demand", "ON_DEMAND"), ("always-on", "ALWAYS_ON")] {
        let demo = Demo::start(Scene {
            data_dir: directory.join(name),
            listen: free_address()?,
            programs: programs.clone(),
            runtime_image: images::runtime(&paths::cache())?,
            image: image.to_owned(),
            image_name: name.into(),
            name,
            fleet_type,
            instances: 1,
            // A figure at a size is one of a remote screen of that size, not of a larger one shown smaller.
            screen: Some((1280, 720)),
            settings: "",
        })?;
        let measured = script(&demo, "instance.mjs", &["--application", application, "--samples", &samples]);
        demo.stop()?;
        let mut figure = measured?;
        figure["row"] = "start".into();
        figure["fleet_type"] = fleet_type.into();
        figures.push(figure);
    }
    Ok(figures)
}
