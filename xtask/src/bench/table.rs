//! Figures as a table in Markdown: what is printed is what docs/figures.md holds.

use serde_json::Value;

/// The stream's goals, by row, figure, height of the page and link. Other figures bring theirs along.
const GOALS: [(&str, &str, u64, &str, &str); 16] = [
    ("keys", "key → pixel", 720, "loopback", "≤ 16 / ≤ 26"),
    ("keys", "key → pixel", 1080, "loopback", "≤ 20 / ≤ 32"),
    ("keys", "memory of a session (PSS)", 720, "loopback", "≤ 95"),
    ("film", "frames per second", 720, "loopback", "≥ 59"),
    ("film", "CPU of the server side", 720, "loopback", "≤ 35"),
    ("film", "bit rate", 720, "loopback", "≤ 8"),
    ("film", "unlikeness, 1 − SSIM", 720, "loopback", "≤ 0.03"),
    ("film", "frames per second", 1080, "loopback", "≥ 55"),
    ("film", "CPU of the server side", 1080, "loopback", "≤ 75"),
    ("window", "frames per second", 720, "loopback", "60"),
    ("window", "CPU of the server side", 720, "loopback", "≤ 12"),
    ("scroll", "CPU of the server side", 720, "loopback", "≤ 10"),
    ("scroll", "bit rate", 720, "loopback", "≤ 4, lossless"),
    ("idle", "CPU of the server side", 720, "loopback", "≤ 0.2"),
    ("rest", "last picture → exact", 720, "loopback", "≤ 500"),
    ("rest", "last picture → exact", 1080, "loopback", "≤ 500"),
];

/// What the rows are called.
const ROWS: [(&str, &str); 10] = [
    ("keys", "nothing else moves"),
    ("film", "60 fps, full screen"),
    ("window", "60 fps, 640×360"),
    ("scroll", "text scroll, 30/s"),
    ("idle", "idle"),
    ("both", "with a film of 640×360"),
    ("rest", "a film that rests, full screen"),
    ("start", "admission"),
    ("writer", "admission, LibreOffice Writer"),
    ("idle-instance", "an idle instance without its application"),
];

/// The machine and the figures.
pub(super) fn markdown(machine: &Value, figures: &[Value]) -> String {
    let mut lines = vec![
        self::machine(machine),
        String::new(),
        "| Row | Figure | Mean | p50 | p95 | p99 | Samples | Goal |".into(),
        "|---|---|---|---|---|---|---|---|".into(),
    ];
    lines.extend(figures.iter().map(line));
    lines.join("\n")
}

/// The machine in words.
pub(super) fn machine(machine: &Value) -> String {
    format!(
        "{}, {} cores, kernel {}, load {}",
        text(&machine["processor"]),
        machine["cores"],
        text(&machine["kernel"]),
        text(&machine["load"])
    )
}

fn line(figure: &Value) -> String {
    let row = text(&figure["row"]);
    let name = ROWS.iter().find(|(key, _)| *key == row).map_or(row.as_str(), |(_, name)| *name);
    let size = match (&figure["width"], &figure["height"]) {
        (Value::Null, _) | (_, Value::Null) => String::new(),
        (width, height) => format!(", {width}×{height}"),
    };
    let link = text(&figure["link"]);
    let link_kind = if link.is_empty() || link == "loopback" { "loopback" } else { "shaped" };
    let over = if link_kind == "loopback" { "" } else { ", shaped link" };
    let fleet = figure.get("fleet_type").map(|kind| format!(", {}", text(kind))).unwrap_or_default();
    if let Some(failed) = figure.get("failed") {
        return format!(
            "| {name}{size}{fleet}{over} | could not be measured: {} | – | – | – | – | 0 | |",
            text(failed)
        );
    }
    let unit = text(&figure["unit"]);
    let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
    let cell = |key: &str| figure.get(key).map_or_else(|| "–".to_owned(), text);
    let samples = match (figure["missed"].as_u64(), figure["exact"].as_u64()) {
        (Some(missed), _) if missed > 0 => format!("{}, {missed} missed", cell("count")),
        (_, Some(exact)) => format!("{}, {exact} exact", cell("count")),
        _ => cell("count"),
    };
    let goal = GOALS.iter().find(|(of, what, height, over, _)| {
        *of == row && *what == text(&figure["what"]) && figure["height"] == *height && *over == link_kind
    });
    let own_goal = figure["goal"].as_str().unwrap_or_default();
    format!(
        "| {name}{size}{fleet}{over} | {}{unit} | {} | {} | {} | {} | {samples} | {} |",
        text(&figure["what"]),
        cell("mean"),
        cell("p50"),
        cell("p95"),
        cell("p99"),
        goal.map_or(own_goal, |(.., goal)| goal),
    )
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_figure_is_a_line_with_its_goal() {
        let figure = json!({
            "row": "keys", "what": "key → pixel", "unit": "ms", "width": 1280, "height": 720,
            "link": "loopback", "count": 98, "p50": 11.8, "p95": 19, "p99": 22.9, "missed": 2,
        });
        let expected = "| nothing else moves, 1280×720 | key → pixel, ms | – | 11.8 | 19 | 22.9 | 98, 2 missed | ≤ 16 / ≤ 26 |";
        assert_eq!(line(&figure), expected);
        let figure = json!({ "row": "film", "width": 1280, "height": 720, "link": "127.0.0.1:7", "failed": "it hung" });
        let expected = "| 60 fps, full screen, 1280×720, shaped link | could not be measured: it hung | – | – | – | – | 0 | |";
        assert_eq!(line(&figure), expected);
    }
}
