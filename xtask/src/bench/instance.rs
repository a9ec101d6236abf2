//! From admission to an application's first picture, and what an idle instance costs.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::Value;

use super::relay::Relay;
use super::{free_address, script};
use crate::build::Programs;
use crate::demo::{Demo, Scene};
use crate::{images, paths};

/// Which figures are wanted.
#[derive(clap::Args)]
pub(crate) struct Selection {
    /// Only these; all without
    #[arg(long, value_enum)]
    row: Vec<Row>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Row {
    /// Admission with the demo's editor
    Start,
    /// Admission with LibreOffice Writer (its image is made first)
    Writer,
    /// Memory of an idle instance without its application
    Memory,
}

/// A fleet that users are admitted to, and in which state they find it.
struct Way {
    /// Of stack, fleet, image and data directory.
    name: &'static str,
    fleet_type: &'static str,
    /// What the table says.
    label: &'static str,
    /// Further lines of `[instances]`.
    settings: &'static str,
    /// instance.mjs's `--begins`.
    begins: &'static str,
    /// For the demo's editor.
    goal: &'static str,
}

const WAYS: [Way; 3] = [
    Way {
        name: "on-demand",
        fleet_type: "ON_DEMAND",
        label: "ON_DEMAND, nothing running",
        settings: "pool = { spare_instances = 0 }",
        begins: "nothing",
        goal: "< 1000",
    },
    Way {
        name: "spare",
        fleet_type: "ON_DEMAND",
        label: "ON_DEMAND, a spare one",
        settings: "",
        begins: "rest",
        goal: "",
    },
    Way {
        name: "always-on",
        fleet_type: "ALWAYS_ON",
        label: "ALWAYS_ON",
        settings: "",
        begins: "rest",
        goal: "< 400",
    },
];

/// Measures what is wanted: admission to the demo's editor and to LibreOffice Writer, and memory.
///
/// # Errors
/// Something could not be made, started or measured.
pub(super) fn measure(
    programs: &Programs,
    directory: &Path,
    samples: u32,
    selection: &Selection,
) -> anyhow::Result<Vec<Value>> {
    let wants = |row| selection.row.is_empty() || selection.row.contains(&row);
    let mut figures = Vec::new();
    if wants(Row::Start) {
        let image = images::demo(&paths::cache(), programs)?;
        for (mut figure, way) in
            starts(programs, directory, &image, "editor", samples, false)?.into_iter().zip(&WAYS)
        {
            figure["goal"] = way.goal.into();
            figures.push(figure);
        }
    }
    if wants(Row::Writer) {
        let image = images::writer(&paths::cache(), programs)?;
        for mut figure in starts(programs, &directory.join("writer"), &image, "writer", samples, false)? {
            figure["row"] = "writer".into();
            figures.push(figure);
        }
    }
    if wants(Row::Memory) {
        figures.push(memory(programs, directory, samples)?);
    }
    Ok(figures)
}

/// Measures admission to an application of an image, in each way; over the shaped link, if wanted.
///
/// # Errors
/// Something could not be started or measured.
pub(super) fn starts(
    programs: &Programs,
    directory: &Path,
    image: &Path,
    application: &str,
    samples: u32,
    shaped: bool,
) -> anyhow::Result<Vec<Value>> {
    let samples = samples.to_string();
    let mut figures = Vec::new();
    for way in &WAYS {
        let demo = Demo::start(scene(programs, directory, way, image.to_owned(), 1)?)?;
        let data = demo.data_dir().to_string_lossy().into_owned();
        let relay = if shaped { Some(Relay::start(demo.port())?) } else { None };
        let mut arguments = vec!["--application", application, "--samples", &samples];
        arguments.extend(["--data", &data, "--begins", way.begins]);
        if let Some(relay) = &relay {
            arguments.extend(["--link", relay.address()]);
        }
        let measured = script(&demo, "instance.mjs", &arguments);
        drop(relay);
        demo.stop()?;
        let mut figure = measured?;
        figure["row"] = "start".into();
        figure["fleet_type"] = way.label.into();
        figures.push(figure);
    }
    Ok(figures)
}

/// Measures the memory of as many idle instances as there are to be samples.
fn memory(programs: &Programs, directory: &Path, samples: u32) -> anyhow::Result<Value> {
    let way = Way {
        name: "memory",
        fleet_type: "ALWAYS_ON",
        label: "",
        settings: "pool = { start_ahead = false }",
        begins: "",
        goal: "≤ 60",
    };
    // What is shared shows only where there are two.
    let instances = samples.max(2);
    let mut scene = scene(programs, directory, &way, images::demo(&paths::cache(), programs)?, instances)?;
    // As instances are: at their largest, to follow the page's size.
    scene.screen = None;
    let demo = Demo::start(scene)?;
    let data = demo.data_dir().to_string_lossy().into_owned();
    let measured = script(&demo, "memory.mjs", &["--data", &data, "--instances", &instances.to_string()]);
    demo.stop()?;
    let mut figure = measured?;
    figure["row"] = "idle-instance".into();
    figure["goal"] = way.goal.into();
    Ok(figure)
}

fn scene(
    programs: &Programs,
    directory: &Path,
    way: &Way,
    image: PathBuf,
    instances: u32,
) -> anyhow::Result<Scene> {
    Ok(Scene {
        data_dir: directory.join(way.name),
        listen: free_address()?,
        programs: programs.clone(),
        runtime_image: images::runtime(&paths::cache(), programs)?,
        image,
        image_name: way.name.into(),
        name: way.name,
        fleet_type: way.fleet_type,
        instances,
        // A figure at a size is one of a remote screen of that size, not of a larger one shown smaller.
        screen: Some((1280, 720)),
        settings: way.settings,
    })
}
