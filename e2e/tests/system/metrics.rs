//! `docs/METRICS.md` and the alerts, held against what running programs export.

use std::collections::{BTreeMap, BTreeSet};

use e2e::{Program, System, eventually};
use simulator::run::get_text;

use crate::containers::read;
use crate::whole_path::paid;

/// A row of the page.
#[derive(Debug)]
struct Documented {
    kind: String,
    programs: Vec<String>,
    labels: BTreeSet<String>,
    always: bool,
}

fn documented() -> BTreeMap<String, Documented> {
    let page = read("docs/METRICS.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let documented = Documented {
            kind: cells[2].to_owned(),
            programs: cells[3].split(", ").map(str::to_owned).collect(),
            labels: quoted(cells[4]).into_iter().collect(),
            always: cells[5] == "yes",
        };
        (quoted(cells[1]).remove(0), documented)
    })
    .collect()
}

/// The metrics of a page in Prometheus's text format: type and labels of each.
fn exported(page: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut found: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for line in page.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            found.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
        } else if let Some((series, labels)) = line.split_once('{') {
            let suffixes = ["_bucket", "_count", "_sum"];
            let name = suffixes.iter().find_map(|suffix| series.strip_suffix(suffix)).unwrap_or(series);
            let labels = labels.split_once('}').map_or("", |(labels, _)| labels);
            let names = labels.split("\",").filter_map(|pair| pair.split_once("=\"")).map(|(name, _)| name);
            let (_, known) = found.get_mut(name).unwrap_or_else(|| panic!("{name} has no type"));
            known.extend(names.filter(|name| *name != "le").map(str::to_owned));
        }
    }
    found
}

#[tokio::test]
async fn the_page_of_metrics_describes_what_the_programs_export_and_nothing_else() {
    let system = System::new().await;
    let programs = system.start_all().await;
    let mut client = system.client(&programs[0]);
    system.deliver(&mut client, [paid("evt_1", "order_1", 1999).as_bytes()]).await;
    system.until_done(1).await;
    eventually("the message went out", async || {
        system.number("SELECT count(*) FROM outbox WHERE sent_at IS NULL").await == 0
    })
    .await;

    let documented = documented();
    for (program, running) in Program::ALL.iter().zip(&programs) {
        let kind = match program {
            Program::Ingress => "ingress",
            Program::Console => "console",
            _ => "worker",
        };
        let exported = exported(&get_text(running.metrics(), "/metrics").await.expect("a page"));
        for (name, (metric_type, labels)) in &exported {
            let row = documented.get(name).unwrap_or_else(|| panic!("docs/METRICS.md lacks {name}"));
            assert_eq!(row.kind, *metric_type, "{name}");
            assert!(row.programs.iter().any(|program| program == kind), "{name} is exported by {kind}");
            assert!(labels.is_subset(&row.labels), "{name} has the labels {labels:?}");
        }
        // One worker processed the event; the others' series come with theirs.
        let idle = matches!(program, Program::SubscriptionWorker | Program::RefundWorker);
        for (name, row) in documented.iter().filter(|(_, row)| row.always && !idle) {
            if row.programs.iter().any(|program| program == kind) {
                assert!(exported.contains_key(name), "{kind} does not export {name}");
            }
        }
    }
}

#[test]
fn alerts_and_the_dashboard_ask_for_metrics_that_exist_and_each_alert_is_in_the_runbook() {
    let documented = documented();
    for file in
        ["deploy/observability/alerts.yaml", "deploy/observability/grafana/dashboards/sluicegate.json"]
    {
        let text = read(file);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let ours = ["sluicegate_", "http_server_", "messaging_client_", "messaging_process_"];
        for word in words.filter(|word| ours.iter().any(|prefix| word.starts_with(prefix))) {
            let base = ["_bucket", "_count", "_sum"].iter().find_map(|suffix| word.strip_suffix(suffix));
            assert!(
                documented.contains_key(word) || base.is_some_and(|base| documented.contains_key(base)),
                "{file} asks for {word}, which docs/METRICS.md lacks"
            );
        }
    }
    let runbook = read("docs/RUNBOOK.md");
    let alerts = read("deploy/observability/alerts.yaml");
    let names = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    for name in names {
        assert!(runbook.contains(&format!("\n## {name}\n")), "docs/RUNBOOK.md has no section {name}");
    }
}
