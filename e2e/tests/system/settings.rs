//! Wrong settings: every problem at once, exit 2, and no secret on the screen.

use std::process::{Command, Stdio};

use e2e::{Program, binary};

#[test]
fn every_program_lists_all_problems_and_ends_with_2() {
    for program in Program::ALL {
        let (name, arguments) = program.command();
        let output = Command::new(binary(name))
            .args(arguments)
            .env_clear()
            .env("AMQP_URL", "http://hush:hush@localhost")
            .env("DATABASE_URL", "mysql://hush:hush@localhost")
            .env("METRICS_BIND", "somewhere")
            .stdin(Stdio::null())
            .output()
            .expect("starts");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {text}");
        let mut named = vec!["AMQP_URL", "METRICS_BIND"];
        named.push(if program == Program::Ingress { "STRIPE_WEBHOOK_SECRET" } else { "DATABASE_URL" });
        for variable in named {
            assert!(text.contains(variable), "{name} does not name {variable}:\n{text}");
        }
        assert!(!text.contains("hush"), "{name} prints a secret:\n{text}");
    }
}

#[test]
fn every_setting_is_explained_in_the_documentation() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let page = std::fs::read_to_string(page).expect("docs/configuration.md");
    for program in Program::ALL {
        let (name, _) = program.command();
        let output = Command::new(binary(name)).arg("--help").stdin(Stdio::null()).output().expect("starts");
        let help = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        let settings: Vec<&str> =
            help.split("[env: ").skip(1).filter_map(|rest| rest.split([']', '=']).next()).collect();
        assert!(settings.len() > 5, "{name}: {settings:?}");
        for setting in settings {
            assert!(page.contains(&format!("`{setting}`")), "{name} takes {setting}, which is not explained");
        }
    }
}
