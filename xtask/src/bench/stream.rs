//! The stream's figures: every row of the table in docs/figures.md.

use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::relay::Relay;
use super::{free_address, image, instance, is_interrupted, script};
use crate::build::Programs;
use crate::demo::{Demo, Scene};
use crate::{images, paths};

/// Which figures are wanted.
#[derive(clap::Args)]
pub(crate) struct Selection {
    /// Only these; all without
    #[arg(long, value_enum)]
    row: Vec<Row>,
    /// Only over this link; both without
    #[arg(long, value_enum)]
    link: Option<Link>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Row {
    /// From a key to its pixel, and a session's memory
    Keys,
    /// CPU while nothing happens
    Idle,
    /// 60 frames a second, full screen
    Film,
    /// 60 frames a second in a window of 640 × 360
    Window,
    /// Text that scrolls 30 times a second
    Scroll,
    /// From a key to its pixel while a film plays
    Both,
    /// From the last picture of a film to the exact one
    Rest,
    /// From admission to the first picture
    Start,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Link {
    Loopback,
    /// 2 Mbit/s, 150 ms, 1 % loss
    Shaped,
}

/// What is measured, in this order: row, size of the page, link.
const MEASUREMENTS: [(Row, u16, u16, Link); 20] = [
    (Row::Keys, 1280, 720, Link::Loopback),
    (Row::Keys, 1920, 1080, Link::Loopback),
    (Row::Film, 1280, 720, Link::Loopback),
    (Row::Film, 1920, 1080, Link::Loopback),
    (Row::Window, 1280, 720, Link::Loopback),
    (Row::Both, 1280, 720, Link::Loopback),
    (Row::Scroll, 1280, 720, Link::Loopback),
    (Row::Idle, 1280, 720, Link::Loopback),
    (Row::Rest, 1280, 720, Link::Loopback),
    (Row::Rest, 1920, 1080, Link::Loopback),
    (Row::Keys, 1280, 720, Link::Shaped),
    (Row::Keys, 1920, 1080, Link::Shaped),
    (Row::Film, 1280, 720, Link::Shaped),
    (Row::Film, 1920, 1080, Link::Shaped),
    (Row::Window, 1280, 720, Link::Shaped),
    (Row::Both, 1280, 720, Link::Shaped),
    (Row::Scroll, 1280, 720, Link::Shaped),
    (Row::Idle, 1280, 720, Link::Shaped),
    (Row::Rest, 1280, 720, Link::Shaped),
    (Row::Rest, 1920, 1080, Link::Shaped),
];

impl Selection {
    fn wants(&self, row: Row, link: Link) -> bool {
        (self.row.is_empty() || self.row.contains(&row)) && self.link.is_none_or(|wanted| wanted == link)
    }
}

/// Measures.
///
/// # Errors
/// Something could not be started or measured.
pub(super) fn measure(
    programs: &Programs,
    directory: &Path,
    samples: u32,
    selection: &Selection,
) -> anyhow::Result<Vec<Value>> {
    let image = image::make(programs, directory)?;
    let mut figures = Vec::new();
    if MEASUREMENTS.iter().any(|(row, _, _, link)| selection.wants(*row, *link)) {
        let demo = Demo::start(Scene {
            data_dir: directory.join("bench"),
            listen: free_address()?,
            programs: programs.clone(),
            runtime_image: images::runtime(&paths::cache(), programs)?,
            image: image.clone(),
            image_name: "bench".into(),
            name: "bench",
            fleet_type: "ALWAYS_ON",
            instances: 1,
            // As instances are: at their largest, to follow the page's size.
            screen: None,
            settings: "",
        })?;
        let measured = rows(&demo, programs, samples, selection);
        demo.stop()?;
        figures = measured?;
    }
    for link in [Link::Loopback, Link::Shaped] {
        if selection.wants(Row::Start, link) {
            let shaped = link == Link::Shaped;
            figures.extend(instance::starts(programs, directory, &image, "bench", samples, shaped)?);
        }
    }
    Ok(figures)
}

fn rows(demo: &Demo, programs: &Programs, samples: u32, selection: &Selection) -> anyhow::Result<Vec<Value>> {
    let mut figures = Vec::new();
    let relay = if selection.link == Some(Link::Loopback) { None } else { Some(Relay::start(demo.port())?) };
    let program = programs.bench_app.to_string_lossy();
    let (port, server) = (demo.port().to_string(), demo.pid().to_string());
    let data = demo.data_dir().to_string_lossy();
    for (row, width, height, link) in MEASUREMENTS {
        if !selection.wants(row, link) {
            continue;
        }
        let name = row.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let numbers = [samples, u32::from(width), u32::from(height)].map(|number| number.to_string());
        let mut arguments =
            vec!["--row", &name, "--samples", &numbers[0], "--width", &numbers[1], "--height", &numbers[2]];
        arguments.extend(["--program", &program, "--port", &port, "--server", &server, "--data", &data]);
        let address = relay.as_ref().map(Relay::address);
        if let (Link::Shaped, Some(address)) = (link, address) {
            arguments.extend(["--link", address]);
        }
        // The other rows are worth their minutes all the same.
        match script(demo, "stream.mjs", &arguments) {
            Err(error) if is_interrupted() => return Err(error),
            Ok(mut measured) => figures.append(measured["figures"].as_array_mut().context("no figures")?),
            Err(error) => figures.push(json!({
                "row": name, "width": width, "height": height, "link": address.filter(|_| link == Link::Shaped),
                "failed": format!("{error:#}"),
            })),
        }
    }
    Ok(figures)
}
