//! A form that was sent after the session had ended: kept in the sign-in page, and shown to be sent again after it.
//! Nothing is sent without somebody looking. Must never keep a password.

use maud::{Markup, html};

use crate::pages::local_path::local_path;

/// More is not carried along.
const MAX_BYTES: usize = 16 * 1024;

/// The form: where it goes to and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct KeptForm {
    action: String,
    fields: Vec<(String, String)>,
}

impl KeptForm {
    /// The form that was posted, as far as there is something to keep.
    pub(in crate::pages) fn of(path: &str, query: &str, body: &str) -> Option<KeptForm> {
        let action = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        KeptForm::new(&action, body)
    }

    /// From its address and its fields, encoded as forms are.
    pub(in crate::pages) fn new(action: &str, body: &str) -> Option<KeptForm> {
        let keeps = |name: &str| name != "csrf" && !name.contains("password");
        let fields: Vec<_> = form_urlencoded::parse(body.as_bytes())
            .filter(|(name, _)| keeps(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let action = local_path(Some(action));
        (action != "/" && body.len() <= MAX_BYTES && fields.iter().any(|(_, value)| !value.is_empty()))
            .then(|| KeptForm { action: action.to_owned(), fields })
    }

    /// In the sign-in form, hidden.
    pub(in crate::pages) fn hidden(&self) -> Markup {
        let fields = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish();
        html! {
            input type="hidden" name="form" value=(self.action);
            input type="hidden" name="fields" value=(fields);
        }
    }

    /// To be looked at and sent again.
    pub(in crate::pages) fn again(&self, csrf: &str) -> Markup {
        html! {
            div.card {
                h1 { "Send it again?" }
                p { "You were signed out when you sent this, and nothing was done. Here is what you had entered." }
                form method="post" action=(self.action) {
                    input type="hidden" name="csrf" value=(csrf);
                    @for (i, (name, value)) in self.fields.iter().enumerate() {
                        @let id = format!("kept-{i}");
                        div.field { label for=(id) { (name) }
                            @if name == "reason" || name == "text" { textarea id=(id) name=(name) { (value) } }
                            @else { input id=(id) name=(name) value=(value); }
                        }
                    }
                    button { "Send" }
                    " " a href="/" { "Leave it" }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KeptForm;

    #[test]
    fn what_was_typed_is_kept_without_passwords_and_for_our_own_pages_only() {
        let kept =
            KeptForm::of("/dead-letters/1/replay", "", "csrf=x&reason=it+is+%3Cfixed%3E&password=hunter2");
        let page = kept.clone().unwrap().hidden().into_string();
        assert!(
            page.contains("/dead-letters/1/replay") && page.contains("reason=it+is+%3Cfixed%3E"),
            "{page}"
        );
        assert!(!page.contains("hunter2") && !page.contains("csrf"), "{page}");
        let page = kept.unwrap().again("token").into_string();
        assert!(
            page.contains("it is &lt;fixed&gt;</textarea>") && page.contains("value=\"token\""),
            "{page}"
        );
        assert_eq!(KeptForm::new("https://evil.example/", "reason=x"), None);
        assert_eq!(KeptForm::new("//evil.example/", "reason=x"), None);
        assert_eq!(KeptForm::of("/jobs/1/cancel", "", "csrf=x"), None, "nothing was typed");
    }
}
