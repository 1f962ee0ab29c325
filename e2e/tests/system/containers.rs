//! The compose files and the Dockerfile, read; `make test-containers` builds and runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use e2e::binary;
use yaml_rust2::{Yaml, YamlLoader};

/// Services that run to their end.
const ONCE: [&str; 2] = ["migrate", "topology"];
const WORKERS: [&str; 3] = ["fulfillment-worker", "subscription-worker", "refund-worker"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn read(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn compose(name: &str) -> Yaml {
    YamlLoader::load_from_str(&read(name)).expect("YAML").remove(0)
}

fn text(yaml: &Yaml) -> &str {
    yaml.as_str().unwrap_or_else(|| panic!("not a text: {yaml:?}"))
}

/// The services with their names.
fn services(compose: &Yaml) -> Vec<(&str, &Yaml)> {
    compose["services"]
        .as_hash()
        .expect("services")
        .iter()
        .map(|(name, service)| (text(name), service))
        .collect()
}

/// A key of a mapping, also where it comes from a merged one.
fn get<'a>(yaml: &'a Yaml, key: &str) -> &'a Yaml {
    match &yaml[key] {
        Yaml::BadValue if !yaml["<<"].is_badvalue() => get(&yaml["<<"], key),
        found => found,
    }
}

/// The keys of a mapping, merged ones too.
fn keys(yaml: &Yaml) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in yaml.as_hash().into_iter().flatten() {
        match text(key) {
            "<<" => found.extend(keys(value)),
            key => found.push(key.to_owned()),
        }
    }
    found
}

#[test]
fn all_of_the_system_is_there_and_little_of_it_is_published() {
    let compose = compose("docker-compose.yml");
    // Those of a profile are started by name only.
    let all = services(&compose).into_iter().filter(|(_, service)| get(service, "profiles").is_badvalue());
    let names: Vec<&str> = all.map(|(name, _)| name).collect();
    let wanted = [
        "postgres", "rabbitmq", "migrate", "topology", "ingress", WORKERS[0], WORKERS[1], WORKERS[2],
        "console",
    ];
    assert_eq!(names, wanted);
    for (name, service) in services(&compose) {
        let ports: Vec<&str> = get(service, "ports").as_vec().into_iter().flatten().map(text).collect();
        match name {
            "ingress" => assert!(ports.iter().all(|port| port.ends_with(":8080")) && ports.len() == 1),
            "console" | "prometheus" | "grafana" => {
                assert!(ports.iter().all(|port| port.starts_with("127.0.0.1:")) && ports.len() == 1)
            }
            _ => assert!(ports.is_empty(), "{name} publishes {ports:?}"),
        }
        // A fixed name or host would keep a service from being scaled.
        assert!(get(service, "container_name").is_badvalue(), "{name} has a fixed name");
        assert!(name == "rabbitmq" || get(service, "hostname").is_badvalue(), "{name} has a fixed host name");
        let image = text(get(service, "image"));
        let host = image.split_once('/').map_or("", |(host, _)| host);
        assert!(!host.contains(['.', ':']), "{name}: {image} names a registry");
    }
}

#[test]
fn everything_waits_for_what_it_needs_and_says_when_it_is_ready() {
    let compose = compose("docker-compose.yml");
    let condition = |service: &str, on: &str| {
        let (_, service) =
            services(&compose).into_iter().find(|(name, _)| *name == service).expect("a service");
        get(get(service, "depends_on"), on)["condition"].as_str().map(str::to_owned)
    };
    assert_eq!(condition("migrate", "postgres").as_deref(), Some("service_healthy"));
    assert_eq!(condition("topology", "rabbitmq").as_deref(), Some("service_healthy"));
    let done = Some("service_completed_successfully");
    assert_eq!(condition("ingress", "topology").as_deref(), done);
    for name in WORKERS.iter().chain(&["console"]) {
        assert_eq!(condition(name, "migrate").as_deref(), done, "{name}");
        assert_eq!(condition(name, "topology").as_deref(), done, "{name}");
    }
    for (name, service) in services(&compose) {
        let checked = get(get(service, "healthcheck"), "test").as_vec().is_some();
        let of_a_profile = !get(service, "profiles").is_badvalue();
        assert_eq!(checked, !ONCE.contains(&name) && !of_a_profile, "{name}");
    }
}

#[test]
fn every_variable_is_one_that_its_program_knows() {
    for file in ["docker-compose.yml", "docker-compose.secrets.yml"] {
        for (name, service) in services(&compose(file)) {
            if ["postgres", "rabbitmq", "prometheus", "grafana"].contains(&name) {
                continue;
            }
            let ours = name == "console" || ONCE.contains(&name);
            let program = if ours { "sluicegate" } else { name };
            let help = help(program);
            for variable in keys(get(service, "environment")) {
                assert!(help.contains(&variable), "{file}: {program} does not know {variable}");
            }
        }
    }
}

pub(crate) fn help(program: &str) -> String {
    let mut command = Command::new(binary(program));
    let output = command.arg("--help").env_clear().stdin(Stdio::null()).output().expect("starts");
    // It is wrapped to the width of a terminal.
    String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_image_has_every_program_and_every_manifest_of_the_workspace() {
    let dockerfile = read("Dockerfile");
    for (name, service) in services(&compose("docker-compose.yml")) {
        if let Some(command) = get(service, "command")[0].as_str()
            && !["postgres", "rabbitmq"].contains(&name)
        {
            assert!(dockerfile.contains(&format!("target/release/{command}")), "{command} is not copied");
        }
    }
    let workspace = read("Cargo.toml");
    let members =
        workspace.split_once("members = [").and_then(|(_, rest)| rest.split_once(']')).expect("members").0;
    for member in
        members.split(',').map(|member| member.trim().trim_matches('"')).filter(|member| !member.is_empty())
    {
        assert!(
            dockerfile.contains(&format!("COPY {member}/Cargo.toml {member}/")),
            "{member} is not copied"
        );
        let folder = member.split('/').next().unwrap_or(member);
        assert!(read(".dockerignore").contains(&format!("!{folder}\n")), "{member} is ignored");
    }
    assert!(dockerfile.contains("\nUSER 10001"), "it does not run as root");
}

#[test]
fn the_dependencies_can_be_built_from_the_manifests_alone() {
    let folder = std::env::temp_dir().join(format!("sluicegate-manifests-{}", std::process::id()));
    let dockerfile = read("Dockerfile");
    let before_the_sources = dockerfile.split("COPY . .").next().expect("a part before the sources");
    let copied = before_the_sources.lines().filter_map(|line| line.strip_prefix("COPY "));
    for words in copied.map(|copied| copied.split_whitespace().collect::<Vec<_>>()) {
        let (target, files) = words.split_last().expect("a target");
        let target = folder.join(target.trim_start_matches("./"));
        std::fs::create_dir_all(&target).expect("a folder");
        for file in files {
            let name = Path::new(file).file_name().expect("a file");
            std::fs::copy(repository().join(file), target.join(name)).expect("copied");
        }
    }
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(&folder).output().expect("starts");
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run("sh", &["scripts/empty-sources.sh"]);
    run("cargo", &["metadata", "--locked", "--offline", "--no-deps", "--format-version", "1"]);
    std::fs::remove_dir_all(&folder).expect("removed");
}
