use super::*;

#[derive(clap::Args)]
struct Settings {
    #[arg(long, env, default_value = "127.0.0.1:1", value_parser = address())]
    a_bind: Setting<SocketAddr>,
    #[arg(long, env, default_value = "5", value_parser = integer(1u64..=10))]
    b_size: Setting<u64>,
    #[arg(long, env, default_value = "1s", value_parser = duration(Duration::ZERO..=Duration::from_secs(1)))]
    c_time: Setting<Duration>,
    #[arg(long, env, default_value = "1s", value_parser = durations())]
    d_times: Setting<Vec<Duration>>,
    #[arg(long, env, value_parser = word(&[("yes", true), ("no", false)]))]
    e_word: Option<Setting<bool>>,
    #[arg(long, env, value_parser = address_or_off())]
    f_bind: Option<Setting<Option<SocketAddr>>>,
}

#[derive(Debug, PartialEq)]
struct Taken(u64, Vec<Duration>, Option<Option<SocketAddr>>);

fn take(settings: &Settings) -> (Problems, Taken) {
    let mut problems = Problems::default();
    problems.take(&settings.a_bind);
    problems.take(&settings.c_time);
    problems.take_required("E_WORD", settings.e_word.as_ref(), "yes or no");
    let size = problems.take(&settings.b_size);
    let times = problems.take(&settings.d_times);
    let bind = problems.take_optional(settings.f_bind.as_ref());
    (problems, Taken(size, times, bind))
}

#[test]
fn every_problem_is_kept_and_names_its_variable() {
    let settings = from_pairs(&[
        ("A_BIND", "nonsense"),
        ("B_SIZE", "0"),
        ("C_TIME", "5"),
        ("D_TIMES", "1s,,2s"),
        ("E_WORD", "maybe"),
        ("F_BIND", "on"),
    ]);
    let (problems, Taken(size, ..)) = take(&settings);
    assert_eq!(size, 5);
    let text = problems.finish().unwrap_err().to_string();
    for name in ["A_BIND", "B_SIZE", "C_TIME", "D_TIMES", "E_WORD", "F_BIND"] {
        assert_eq!(
            text.lines().filter(|line| line.starts_with(&format!("{name} takes "))).count(),
            1,
            "{text}"
        );
    }
    assert!(text.contains("from 1 to 10") && text.contains("yes or no"), "{text}");
}

#[test]
fn good_values_and_defaults_are_taken() {
    let settings =
        from_pairs(&[("B_SIZE", " 7 "), ("D_TIMES", "10s, 1m"), ("E_WORD", "no"), ("F_BIND", "off")]);
    let (problems, Taken(size, times, bind)) = take(&settings);
    assert_eq!((size, bind), (7, Some(None)));
    assert_eq!(times, [Duration::from_secs(10), Duration::from_secs(60)]);
    assert_eq!(problems.finish(), Ok(()));
}

#[test]
fn an_empty_value_counts_as_not_set() {
    let (problems, Taken(size, ..)) = take(&from_pairs(&[("B_SIZE", ""), ("E_WORD", " ")]));
    assert_eq!(size, 5);
    assert_eq!(problems.finish().unwrap_err().to_string(), "E_WORD is required: yes or no\n");
}
