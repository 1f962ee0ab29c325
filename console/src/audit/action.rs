//! What the audit names: actions and what they were done to.

use std::fmt;

use crate::common::text_enum::text_enum;

text_enum! {
    /// What is done. The audit itself shows any action that is stored, also of another version.
    pub(crate) enum AuditAction {
        /// A dead letter was sent again.
        DeadLetterReplay = "dead.replay",
        /// The broker did not take it.
        DeadLetterReplayFailed = "dead.replay_failed",
        /// A dead letter was discarded.
        DeadLetterDiscard = "dead.discard",
        /// An event was sent again.
        EventReplay = "event.replay",
        /// The broker did not take it.
        EventReplayFailed = "event.replay_failed",
        /// A bulk replay was created.
        JobReplay = "job.replay",
        /// A bulk discard was created.
        JobDiscard = "job.discard",
        /// A bulk job was paused.
        JobPause = "job.pause",
        /// A bulk job was resumed.
        JobResume = "job.resume",
        /// A bulk job was canceled.
        JobCancel = "job.cancel",
        /// An order was registered.
        OrderCreate = "order.create",
        /// An order was corrected.
        OrderCorrect = "order.correct",
        /// A held payment was accepted as it is.
        CaseAccept = "case.accept",
        /// Stripe was asked whether a payment is good; the reason is the answer.
        PaymentVerify = "payment.verify",
        /// Stripe's list of events was read for those that no webhook brought.
        SweepStart = "sweep.start",
        /// A note was written.
        NoteAdd = "note.add",
        /// Somebody has seen it.
        AttentionAcknowledge = "attention.acknowledge",
        /// It was assigned to a user, or to nobody.
        AttentionAssign = "attention.assign",
        /// A second person approved a bulk replay.
        JobApprove = "job.approve",
        /// A message was sent to a destination again.
        MessageResend = "message.resend",
        /// A paused destination was resumed.
        DestinationResume = "destination.resume",
        /// A queue was paused: no worker takes events from it.
        QueuePause = "queue.pause",
        /// A paused queue was resumed.
        QueueResume = "queue.resume",
        /// A row that differed from Stripe's object was to be corrected.
        DriftRepair = "drift.repair",
        /// The broker did not take it.
        DriftRepairFailed = "drift.repair_failed",
        /// A user was added.
        UserAdd = "user.add",
        /// A user's role or password was changed.
        UserChange = "user.change",
        /// A user was disabled.
        UserDisable = "user.disable",
        /// A user was enabled.
        UserEnable = "user.enable",
        /// A lockout was lifted.
        UserUnlock = "user.unlock",
        /// A token was created.
        TokenCreate = "token.create",
        /// A token was revoked.
        TokenRevoke = "token.revoke",
        SignIn = "sign_in",
        /// A name was locked out.
        SignInLocked = "sign_in.locked",
        SignOut = "sign_out",
    }
}

/// What something was done to, as the audit names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    /// A case, by its number.
    Case(i64),
    Console,
    /// A dead letter, by its number.
    DeadLetter(i64),
    /// A destination of messages, by its name.
    Destination(&'a str),
    /// An event, by Stripe's id.
    Event(&'a str),
    /// Dead letters with one cause, by their fingerprint.
    Group(&'a str),
    /// A bulk job, by its number.
    Job(i64),
    /// An outgoing message, by its number.
    Message(i64),
    /// An order, by the company's id.
    Order(&'a str),
    /// A payment, by Stripe's id.
    Payment(&'a str),
    /// A queue that workers consume, by its name.
    Queue(&'a str),
    /// A token, by its name.
    Token(&'a str),
    /// A user, by name.
    User(&'a str),
}

impl<'a> Subject<'a> {
    /// The subject that the audit names; nothing for one of another version.
    pub(crate) fn parse(text: &'a str) -> Option<Subject<'a>> {
        if text == "console" {
            return Some(Subject::Console);
        }
        let (kind, id) = text.split_once(':')?;
        match kind {
            "case" => id.parse().ok().map(Subject::Case),
            "dead_letter" => id.parse().ok().map(Subject::DeadLetter),
            "destination" => Some(Subject::Destination(id)),
            "event" => Some(Subject::Event(id)),
            "group" => Some(Subject::Group(id)),
            "job" => id.parse().ok().map(Subject::Job),
            "message" => id.parse().ok().map(Subject::Message),
            "order" => Some(Subject::Order(id)),
            "payment" => Some(Subject::Payment(id)),
            "queue" => Some(Subject::Queue(id)),
            "token" => Some(Subject::Token(id)),
            "user" => Some(Subject::User(id)),
            _ => None,
        }
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Case(id) => write!(f, "case:{id}"),
            Subject::Console => f.write_str("console"),
            Subject::DeadLetter(id) => write!(f, "dead_letter:{id}"),
            Subject::Destination(name) => write!(f, "destination:{name}"),
            Subject::Event(id) => write!(f, "event:{id}"),
            Subject::Group(fingerprint) => write!(f, "group:{fingerprint}"),
            Subject::Job(id) => write!(f, "job:{id}"),
            Subject::Message(id) => write!(f, "message:{id}"),
            Subject::Order(id) => write!(f, "order:{id}"),
            Subject::Payment(id) => write!(f, "payment:{id}"),
            Subject::Queue(name) => write!(f, "queue:{name}"),
            Subject::Token(name) => write!(f, "token:{name}"),
            Subject::User(name) => write!(f, "user:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[test]
    fn a_subject_is_read_as_it_is_written() {
        for subject in [
            Subject::Console,
            Subject::Case(7),
            Subject::DeadLetter(12),
            Subject::Destination("http:shop"),
            Subject::Event("evt_1:x"),
            Subject::Group("0123456789ab"),
            Subject::Job(3),
            Subject::Message(9),
            Subject::Order("A:1"),
            Subject::Payment("pi_1"),
            Subject::Queue("refund"),
            Subject::Token("shop"),
            Subject::User("anna"),
        ] {
            assert_eq!(Subject::parse(&subject.to_string()), Some(subject));
        }
        assert_eq!(Subject::parse("dead_letter:x"), None);
        assert_eq!(Subject::parse("case:x"), None);
    }
}
