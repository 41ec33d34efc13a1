//! The text that Prometheus reads: its exposition format, version 0.0.4.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use super::histogram::{BOUNDS, Recorded};
use super::registry::{Cell, Families, Kind, Labels};

/// The content type of [`render`]'s text.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Series that were dropped because there are too many: this name is ours alone.
const DROPPED: &str = "r2_metrics_dropped_total";

/// Everything, by name.
pub(super) fn render(families: &Families) -> String {
    let mut text = String::new();
    for (name, family) in &families.by_name {
        let sound = name_of(name);
        let help = families.help.get(name).map(String::as_str);
        head(&mut text, &sound, help, family.kind);
        for (labels, cell) in &family.series {
            match cell {
                Cell::Number(number) => {
                    let number = number.load(Ordering::Relaxed);
                    let value = match family.kind {
                        Kind::Gauge => float(f64::from_bits(number)),
                        Kind::Counter | Kind::Histogram => number.to_string(),
                    };
                    line(&mut text, &sound, labels, None, &value);
                }
                Cell::Buckets(buckets) => histogram(&mut text, &sound, labels, &buckets.recorded()),
            }
        }
    }
    head(&mut text, DROPPED, Some("reports of series that were not kept"), Kind::Counter);
    line(&mut text, DROPPED, &Labels::new(), None, &families.dropped.to_string());
    text
}

fn head(text: &mut String, name: &str, help: Option<&str>, kind: Kind) {
    if let Some(help) = help {
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        put(text, format_args!("# HELP {name} {help}\n"));
    }
    let kind = match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    put(text, format_args!("# TYPE {name} {kind}\n"));
}

fn histogram(text: &mut String, name: &str, labels: &Labels, recorded: &Recorded) {
    let bucket = format!("{name}_bucket");
    let mut below = 0;
    for (bound, values) in BOUNDS.iter().zip(recorded.values) {
        below += values;
        line(text, &bucket, labels, Some(&float(*bound)), &below.to_string());
    }
    line(text, &bucket, labels, Some("+Inf"), &recorded.count.to_string());
    line(text, &format!("{name}_sum"), labels, None, &float(recorded.sum));
    line(text, &format!("{name}_count"), labels, None, &recorded.count.to_string());
}

fn line(text: &mut String, name: &str, labels: &Labels, bound: Option<&str>, value: &str) {
    text.push_str(name);
    let bound = bound.map(|bound| ("le".to_owned(), bound.to_owned()));
    let mut separator = '{';
    for (label, value) in labels.iter().chain(&bound) {
        put(text, format_args!("{separator}{}=\"{}\"", name_of(label), escaped(value)));
        separator = ',';
    }
    if separator == ',' {
        text.push('}');
    }
    put(text, format_args!(" {value}\n"));
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("writing to a string does not fail");
}

/// A name as Prometheus takes it: letters, digits and `_`, no digit first.
fn name_of(name: &str) -> String {
    let sound = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let digit = name.starts_with(|c: char| c.is_ascii_digit());
    digit.then_some('_').into_iter().chain(name.chars().map(sound)).collect()
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn float(value: f64) -> String {
    match value {
        f64::INFINITY => "+Inf".into(),
        f64::NEG_INFINITY => "-Inf".into(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use metrics::{HistogramFn as _, Key, Label};

    use super::super::registry::Registry;
    use super::*;

    #[test]
    fn names_values_and_help_are_written_as_prometheus_reads_them() {
        let registry = Registry::default();
        let key = Key::from_parts("9.a-b", vec![Label::new("b/c", "x\"\\\n")]);
        let Some(Cell::Number(gauge)) = registry.cell(&key, Kind::Gauge) else { panic!("a gauge") };
        gauge.store(f64::NEG_INFINITY.to_bits(), Ordering::Relaxed);
        let times = registry.cell(&Key::from_name("times"), Kind::Histogram);
        let Some(Cell::Buckets(times)) = times else { panic!("a histogram") };
        [0.03, 2.0, 1_000.0].into_iter().for_each(|seconds| times.record(seconds));
        registry.families().help.insert("times".into(), "two\nlines".into());
        expect![[r##"
            # TYPE _9_a_b gauge
            _9_a_b{b_c="x\"\\\n"} -Inf
            # HELP times two\nlines
            # TYPE times histogram
            times_bucket{le="0.001"} 0
            times_bucket{le="0.005"} 0
            times_bucket{le="0.01"} 0
            times_bucket{le="0.025"} 0
            times_bucket{le="0.05"} 1
            times_bucket{le="0.1"} 1
            times_bucket{le="0.25"} 1
            times_bucket{le="0.5"} 1
            times_bucket{le="1"} 1
            times_bucket{le="2.5"} 2
            times_bucket{le="5"} 2
            times_bucket{le="10"} 2
            times_bucket{le="30"} 2
            times_bucket{le="60"} 2
            times_bucket{le="+Inf"} 3
            times_sum 1002.03
            times_count 3
            # HELP r2_metrics_dropped_total reports of series that were not kept
            # TYPE r2_metrics_dropped_total counter
            r2_metrics_dropped_total 0
        "##]]
        .assert_eq(&render(&registry.families()));
    }
}
