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
            .env("INGRESS_MAXBODY", "hush")
            .stdin(Stdio::null())
            .output()
            .expect("starts");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {text}");
        let mut named = vec!["AMQP_URL", "METRICS_BIND", "INGRESS_MAXBODY"];
        named.push(if program == Program::Ingress { "STRIPE_WEBHOOK_SECRET" } else { "DATABASE_URL" });
        if program != Program::Ingress {
            named.push("STRIPE_LIVEMODE");
        }
        for variable in named {
            assert!(text.contains(variable), "{name} does not name {variable}:\n{text}");
        }
        assert!(!text.contains("hush"), "{name} prints a secret:\n{text}");
    }
}
