//! An incident report in Markdown, for a ticket or a post-mortem. Pure.

use jiff::Timestamp;

use super::service::IncidentReport;

/// The report as a document.
pub(crate) fn markdown(report: &IncidentReport) -> String {
    let mut out = format!("# Incident: {}\n\nMade {}.\n", line(&report.title), time(report.at));
    if let Some(cause) = &report.cause {
        section(&mut out, "What happened");
        let meaning = report.meaning.unwrap_or_default();
        push(&mut out, &format!("{meaning}\n\n    {}\n", line(&cause.error)));
    }
    section(&mut out, "Since when");
    match (report.since, report.until) {
        (Some(since), Some(until)) => {
            push(&mut out, &format!("First failure {}, last dead letter {}.\n", time(since), time(until)));
        }
        _ => push(&mut out, "No dead letter is left of it.\n"),
    }
    push(&mut out, "\n| dead letters now | |\n| --- | --- |\n");
    for count in &report.dead_letters {
        push(&mut out, &format!("| {} | {} |\n", count.state, count.count));
    }
    if let Some(view) = &report.job {
        let (job, p) = (&view.job, &view.progress);
        section(&mut out, "The job");
        push(
            &mut out,
            &format!("It is {}. {} asked for it: {}\n", job.state, line(&job.actor), line(&job.reason)),
        );
        if let (Some(by), Some(at)) = (&job.approved_by, job.approved_at) {
            push(&mut out, &format!("{} approved it, {}.\n", line(by), time(at)));
        }
        push(
            &mut out,
            &format!(
                "\nOf {}: {} sent, {} took effect, {} failed again, {} skipped, {} refused, {} unknown, {} waiting.\n",
                job.total, p.sent, p.resolved, p.dead_again, p.skipped, p.failed, p.unknown, p.waiting
            ),
        );
    }
    attention(&mut out, report);
    actions(&mut out, report);
    out
}

fn attention(out: &mut String, report: &IncidentReport) {
    let attention = &report.attention;
    if attention.acknowledged_by.is_none() && attention.assignee.is_none() && report.notes.is_empty() {
        return;
    }
    section(out, "Who looked after it");
    if let (Some(by), Some(at)) = (&attention.acknowledged_by, attention.acknowledged_at) {
        push(out, &format!("- acknowledged by {}, {}\n", line(by), time(at)));
    }
    if let Some(name) = &attention.assignee {
        push(out, &format!("- assigned to {}\n", line(name)));
    }
    for note in &report.notes {
        push(out, &format!("- {}, {}: {}\n", line(&note.author), time(note.at), line(&note.text)));
    }
}

fn actions(out: &mut String, report: &IncidentReport) {
    section(out, "What was done");
    if report.actions.is_empty() {
        push(out, "Nothing.\n");
    } else {
        push(
            out,
            "| line | when | who | what | to | why | hash |\n| --- | --- | --- | --- | --- | --- | --- |\n",
        );
    }
    for entry in &report.actions {
        let cells = [&entry.actor, &entry.action, &entry.subject, &entry.reason].map(|cell| line(cell));
        push(
            out,
            &format!("| {} | {} | {} | `{}` |\n", entry.id, time(entry.at), cells.join(" | "), entry.hash),
        );
    }
    if report.more_actions {
        push(out, "\nThere are more lines: `sluicegate audit export` has all.\n");
    }
    if let Some((id, hash)) = &report.audit_head {
        push(out, &format!("\nThe audit ended at line {id} with the hash `{hash}`.\n"));
    }
}

fn section(out: &mut String, title: &str) {
    push(out, &format!("\n## {title}\n\n"));
}

fn push(out: &mut String, text: &str) {
    out.push_str(text);
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A text from outside on one line, in which nothing ends a table's cell or is markup.
fn line(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c {
            '|' | '`' | '*' | '_' | '<' | '[' | '\\' => vec!['\\', c],
            c if c.is_control() => vec![' '],
            c => vec![c],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_text_from_outside_stays_text() {
        assert_eq!(line("a|b\n# c <img> [x](y)"), "a\\|b # c \\<img> \\[x](y)");
    }
}
