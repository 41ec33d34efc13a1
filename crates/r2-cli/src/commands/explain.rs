//! `r2 serve emulator --explain`: what the local R2 does, and how that is known.

use r2_sim::{Behaviour, Provenance, SEMANTICS, SWITCHES, Switch, Switches};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// The word that stands for all switches.
const ALL_SWITCHES: &str = "switches";

/// Prints the shares and the switches, or the rows of an area, a row, or a switch.
pub(crate) fn explain(what: &str, switches: &Switches, output: &Output) -> Result<(), Failure> {
    let rows: Vec<&Behaviour> =
        SEMANTICS.iter().filter(|row| row.id == what || row.area() == what).collect();
    let named: Vec<&Switch> = SWITCHES
        .iter()
        .filter(|switch| what.is_empty() || what == ALL_SWITCHES || switch.name == what)
        .collect();
    if rows.is_empty() && named.is_empty() {
        return Err(Failure::usage(format!("there is no area, behaviour or switch `{what}`"))
            .hint(format!("areas are {}; `{ALL_SWITCHES}` has every switch", areas().join(", "))));
    }
    if what.is_empty() {
        shares(output)?;
    }
    for row in &rows {
        behaviour(row, output)?;
    }
    for switch in &named {
        one_switch(switch, switches, output)?;
    }
    if output.is_json() {
        let fields = json!({
            "result": Exit::Done.name(), "behaviours": rows.len(), "switches": named.len(),
        });
        output.result("summary", fields, String::new)?;
    }
    Ok(())
}

/// How much is known how well.
fn shares(output: &Output) -> Result<(), Failure> {
    let total = SEMANTICS.len();
    if !output.is_json() {
        output.result("", json!({}), || format!("{total} behaviours, of which"))?;
    }
    for kind in Provenance::ALL {
        let count = SEMANTICS.iter().filter(|row| row.provenance == kind).count();
        let percent = (count * 1000 / total.max(1)) as f64 / 10.0;
        let fields = json!({ "known": kind.name(), "behaviours": count, "percent": percent });
        output
            .result("share", fields, || format!("{count:6}  {percent:4.1} %  {}", meaning(kind)))?;
    }
    if !output.is_json() {
        let areas = areas().join(" ");
        output.result("", json!({}), || {
            format!(
                "\nAreas: {areas}\n--explain AREA or --explain AREA.NAME shows what they are; \
                 docs/r2-semantics.md has all.\n\nSwitches, each with what it is set to \
                 (--switch NAME=VALUE):"
            )
        })?;
    }
    Ok(())
}

fn meaning(kind: Provenance) -> String {
    let meaning = match kind {
        Provenance::Documented => "by Cloudflare",
        Provenance::Recorded => "from R2 itself",
        Provenance::Assumed => "nobody has said; what is likely",
        Provenance::Local => "not of R2, of this program",
        _ => "",
    };
    format!("{kind} ({meaning})")
}

fn behaviour(row: &Behaviour, output: &Output) -> Result<(), Failure> {
    let recorded = row.recorded_on();
    let fields = json!({
        "id": row.id, "behaviour": row.sentence, "known": row.provenance.name(),
        "source": row.source, "recorded": recorded,
    });
    output.result("behaviour", fields, || {
        let when = recorded.map(|date| format!(" {date}")).unwrap_or_default();
        let source =
            if row.source.is_empty() { String::new() } else { format!(": {}", row.source) };
        format!("{}  {}\n    {}{when}{source}", row.id, row.sentence, row.provenance)
    })
}

fn one_switch(switch: &Switch, switches: &Switches, output: &Output) -> Result<(), Failure> {
    let value = switch.value(switches);
    let fields = json!({
        "name": switch.name, "value": value, "default": switch.default(),
        "values": switch.forms, "about": switch.about,
    });
    output.result("switch", fields, || {
        format!("  {}={value}  ({})\n      {}", switch.name, switch.forms.join(", "), switch.about)
    })
}

/// The areas in the order of the table.
fn areas() -> Vec<&'static str> {
    let mut areas: Vec<&str> = Vec::new();
    for row in SEMANTICS {
        if !areas.contains(&row.area()) {
            areas.push(row.area());
        }
    }
    areas
}
