//! The settings are declared once, in the programs: what else names them is held against their `--help`.

use std::collections::{BTreeMap, BTreeSet};

use service::settings::KNOWN;

use crate::containers::{help, read};

/// The variables that the programs' `--help` declare, each with its default in every program that has one.
fn declared() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for program in ["ingress", "fulfillment-worker", "sluicegate"] {
        let help = help(program);
        for rest in help.split("[env: ").skip(1) {
            let name = rest.split(['=', ']']).next().unwrap_or_default().to_owned();
            let default = rest.split_once("[default: ").and_then(|(_, rest)| rest.split_once(']'));
            found.entry(name).or_default().extend(default.map(|(default, _)| default.to_owned()));
        }
    }
    found
}

/// The settings that a page's tables describe: the names in the first cell, and the cell of the default.
fn documented(page: &str) -> Vec<(String, String)> {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .flat_map(|cells| {
            // Between two others there is a cell that says which programs use it.
            let default = if cells.len() > 5 { cells[3] } else { cells[2] };
            let names = cells[1].split('`').skip(1).step_by(2);
            names.map(|name| (name.to_owned(), default.to_owned())).collect::<Vec<_>>()
        })
        .filter(|(name, _)| !name.contains(['<', '…']))
        .collect()
}

/// `${NAME…}` of a compose file, and `NAME=` or `#NAME=` of an example of an environment.
fn named(text: &str) -> Vec<String> {
    let word = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_').collect()
    };
    let lines = text.lines().map(|line| line.trim_start_matches('#'));
    let assigned = lines.filter_map(|line| {
        line.split_once('=').map(|(name, _)| word(name)).filter(|w| line.starts_with(&format!("{w}=")))
    });
    text.split("${").skip(1).map(word).chain(assigned).filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_program_knows_the_names_of_all() {
    // What the compose file and `make run` add.
    let others = ["CONSOLE_PID", "CONSOLE_PORT", "CONSOLE_URL", "INGRESS_PID", "INGRESS_PORT", "INGRESS_URL"];
    let mut declared: Vec<String> = declared().into_keys().chain(others.map(str::to_owned)).collect();
    declared.sort();
    let mut known = KNOWN.map(str::to_owned).to_vec();
    known.sort();
    assert_eq!(declared, known);
}

#[test]
fn the_documentation_describes_every_setting_with_its_default_and_no_other() {
    let (declared, documented) = (declared(), documented(&read("docs/configuration.md")));
    for (name, defaults) in &declared {
        let cells: Vec<&String> =
            documented.iter().filter(|(n, _)| n == name).map(|(_, cell)| cell).collect();
        assert!(!cells.is_empty(), "{name} is not in docs/configuration.md");
        for default in defaults {
            assert!(
                cells.iter().any(|cell| **cell == format!("`{default}`")),
                "{name}: {default}, not {cells:?}"
            );
        }
    }
    for (name, _) in &documented {
        assert!(declared.contains_key(name), "docs/configuration.md describes {name}, which no program has");
    }
}

#[test]
fn the_compose_file_and_the_example_of_its_environment_name_settings() {
    for file in ["docker-compose.yml", ".env.example"] {
        for name in named(&read(file)) {
            // Of the servers' users, and of the container engine.
            let others = name.ends_with("_PASSWORD")
                || ["PROGRAM_MEMORY", "PROMETHEUS_PORT", "GRAFANA_PORT"].contains(&name.as_str());
            assert!(others || KNOWN.contains(&name.as_str()), "{file} names {name}, which is no setting");
        }
    }
}
