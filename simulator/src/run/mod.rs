//! What `make run`, `make demo` and `make test` do once the programs are built.
//!
//! Owns the processes of one run. Everything that it starts it stops: when it ends, when shutdown is requested,
//! and when something fails on the way. It never touches servers or processes that it did not start.

mod command;
mod health;
mod outlets;
mod progress;
mod run_folder;
mod samples;
mod service;
mod settings;
mod signals;
mod stack;
mod watch;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use command::{CommandArgs, run_command};
pub use health::{get_status, get_text};
pub use settings::RunArgs;
pub use signals::Signals;

use outlets::Outlets;
use progress::{columns, seconds};
use stack::Stack;

/// What is done after the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Serve until shutdown is requested.
    Run,
    /// Stop: exit 0 if every sample ended as expected.
    Demo,
}

/// Brings the system up, sends the samples, and serves or ends. Gives the exit status.
pub async fn run(args: RunArgs, mode: Mode, mut signals: Signals) -> anyhow::Result<u8> {
    let args = args.tidy();
    let clock = Clock::new(args.started);
    eprintln!("starting");
    let outlets = match mode {
        Mode::Demo if args.sends_nowhere() => Some(Outlets::open().await?),
        Mode::Demo | Mode::Run => None,
    };
    let mut stack = tokio::select! {
        stack = Stack::start(&args, outlets) => stack?,
        // Dropping what was started so far kills it.
        code = signals.next() => return Ok(code),
    };
    eprintln!("everything is up after {}", seconds(clock.elapsed()));
    let served = tokio::select! {
        served = serve(&mut stack, &args, mode, &clock) => served,
        // A run is there to be ended; a demo that is interrupted has shown nothing.
        code = signals.next() => Ok(if mode == Mode::Run { 0 } else { code }),
    };
    eprintln!("shutdown requested");
    tokio::select! {
        () = stack.stop() => {}
        _ = signals.next() => eprintln!("killing what is left"),
    }
    served.inspect(|code| {
        if mode == Mode::Demo {
            let result = if *code == 0 {
                "every sample ended as expected"
            } else {
                "NOT every sample ended as expected"
            };
            println!("demo: {result}; {} in all", seconds(clock.elapsed()));
        }
    })
}

async fn serve(stack: &mut Stack, args: &RunArgs, mode: Mode, clock: &Clock) -> anyhow::Result<u8> {
    let well = match args.samples {
        0 => true,
        // A run serves on: whoever started it wants the system, not the samples.
        _ => samples(stack, args, mode).await.or_else(|error| match mode {
            Mode::Demo => Err(error),
            Mode::Run => {
                eprintln!("the samples failed: {error:#}");
                Ok(false)
            }
        })?,
    };
    for remark in &stack.settings.remarks {
        println!("{remark}");
    }
    if mode == Mode::Demo {
        return Ok(u8::from(!well));
    }
    if let Some(words) = stack.first_sign_in().await? {
        println!("\n{words}");
    }
    let lines: Vec<Vec<String>> =
        stack.addresses().into_iter().map(|(what, at)| vec![format!("  {what}"), at]).collect();
    println!("\n{}\n\nserving after {}; Ctrl-C stops it", columns(&lines), seconds(clock.elapsed()));
    stack.look_after().await?;
    Ok(1)
}

/// Sends the samples while the processes are looked after.
async fn samples(stack: &mut Stack, args: &RunArgs, mode: Mode) -> anyhow::Result<bool> {
    let sending = samples::Plan::new(stack, args.samples).await?;
    let held = sending.held_order();
    let well = tokio::select! {
        well = sending.carry_out() => well?,
        error = stack.look_after() => return error.map(|()| false),
    };
    let well = match held {
        Some(order) if mode == Mode::Demo => samples::accept_held(stack, &order).await? && well,
        _ => well,
    };
    let well = if mode == Mode::Demo { samples::gap::close(stack).await? && well } else { well };
    if let Some(outlets) = &stack.outlets {
        outlets.report(&*samples::connect(&stack.database_url).await?).await?;
    }
    Ok(well)
}

/// Time since `make` began, or since this program did.
struct Clock {
    started: Instant,
    before: Duration,
}

impl Clock {
    fn new(made: Option<u64>) -> Clock {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let before = made.map_or(Duration::ZERO, |made| now.saturating_sub(Duration::from_secs(made)));
        Clock { started: Instant::now(), before }
    }

    fn elapsed(&self) -> Duration {
        self.before + self.started.elapsed()
    }
}
