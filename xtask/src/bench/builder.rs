//! What image builders cost: until one runs, and until an image of its changes is there.

use std::path::Path;

use anyhow::bail;
use serde_json::Value;

use super::{free_address, script};
use crate::build::Programs;
use crate::demo::{Demo, Scene};
use crate::{images, paths};

const NAME: &str = "image";

/// Measures with builders of the demo image.
///
/// # Errors
/// Something could not be started or measured.
pub(super) fn measure(programs: &Programs, directory: &Path, samples: u32) -> anyhow::Result<Vec<Value>> {
    let demo = Demo::start(Scene {
        data_dir: directory.join(NAME),
        listen: free_address()?,
        programs: programs.clone(),
        runtime_image: images::runtime(&paths::cache(), programs)?,
        image: images::demo(&paths::cache(), programs)?,
        image_name: NAME.into(),
        name: NAME,
        fleet_type: "ON_DEMAND",
        instances: 1,
        screen: Some((1280, 720)),
        settings: "",
    })?;
    let measured = script(&demo, "image.mjs", &["--image", NAME, "--samples", &samples.to_string()]);
    demo.stop()?;
    match measured?["figures"].take() {
        Value::Array(figures) => Ok(figures),
        _ => bail!("tests/bench/image.mjs wrote no figures"),
    }
}
