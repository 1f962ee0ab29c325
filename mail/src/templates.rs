//! The templates: loaded and checked once, then filled in.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::kind::Kind;
use crate::locale::Locale;
use crate::preview;
use crate::template_error::TemplateError;
use crate::template_files::{EMBEDDED, FileName, MESSAGE_HTML, read_folder};
use crate::values::{COMMON, OF_HTML, Values, variables};

/// What an e-mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, in one line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// The templates of every kind: those of the company's folder, and the embedded ones for what it does not have.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    /// The company's files, by the names of their templates.
    own: BTreeMap<String, PathBuf>,
}

/// What a text template sees.
#[derive(Serialize)]
struct TextValues<'a> {
    #[serde(flatten)]
    values: &'a Values,
    sender: &'a str,
    locale: &'a str,
    test: bool,
}

/// What an HTML template sees.
#[derive(Serialize)]
struct HtmlValues<'a> {
    #[serde(flatten)]
    text: &'a TextValues<'a>,
    subject: &'a str,
    /// The lines of each paragraph.
    paragraphs: Vec<Vec<&'a str>>,
}

impl Templates {
    /// Reads the templates of a folder, where there is one, and checks every template of every kind and locale with all
    /// values and with as few as there can be.
    ///
    /// # Errors
    /// All problems at once.
    pub fn load(folder: Option<&Path>) -> Result<Self, Vec<TemplateError>> {
        let mut errors = Vec::new();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut own = BTreeMap::new();
        for (name, (path, source)) in
            folder.map(|folder| read_folder(folder, &mut errors)).unwrap_or_default()
        {
            if let Err(error) = environment.add_template_owned(name.clone(), source) {
                errors.push(described(&path.display().to_string(), &error));
            }
            own.insert(name, path);
        }
        for (name, source) in EMBEDDED {
            if own.contains_key(*name) {
                continue;
            }
            if let Err(error) = environment.add_template(name, source) {
                errors.push(described(name, &error));
            }
        }
        let templates = Self { environment, own };
        if errors.is_empty() {
            templates.check_variables(&mut errors);
        }
        if errors.is_empty() {
            templates.check_samples(&mut errors);
        }
        if errors.is_empty() { Ok(templates) } else { Err(errors) }
    }

    /// The language of the text that a kind has for a locale: amounts and dates are to be in it.
    #[must_use]
    pub fn written_in(&self, kind: Kind, locale: Locale) -> Locale {
        let name = self.text_template(kind, locale);
        if self.own.contains_key(&name) || names(kind, locale, "txt").contains(&name) {
            locale
        } else {
            Locale::En
        }
    }

    /// Fills in the templates of a kind.
    ///
    /// # Errors
    /// When a template fails with these values although it did not with the samples.
    pub fn render(
        &self,
        kind: Kind,
        locale: Locale,
        values: &Values,
        sender: &str,
        test: bool,
    ) -> Result<Rendered, TemplateError> {
        let values = TextValues { values, sender, locale: locale.as_str(), test };
        let name = self.text_template(kind, locale);
        let whole = self.fill(&name, &values)?;
        let (first, rest) = whole.split_once('\n').unwrap_or((&whole, ""));
        let subject =
            first.trim().strip_prefix("Subject:").map(str::trim).filter(|subject| !subject.is_empty());
        let subject = subject.ok_or_else(|| TemplateError::NoSubject { file: self.file(&name) })?;
        let subject = if test { format!("[Test] {subject}") } else { subject.to_owned() };
        let paragraphs = paragraphs(rest);
        let text = paragraphs.iter().map(|lines| lines.join("\n")).collect::<Vec<_>>().join("\n\n");
        let html = HtmlValues { text: &values, subject: &subject, paragraphs };
        let html = self.fill(&self.html_template(kind, locale), &html)?;
        Ok(Rendered { subject, text: text + "\n", html })
    }

    fn fill(&self, name: &str, values: impl Serialize) -> Result<String, TemplateError> {
        let filled = self.environment.get_template(name).and_then(|template| template.render(values));
        filled.map_err(|error| described(&self.file(error.name().unwrap_or(name)), &error))
    }

    /// The company's own text comes first, in this language or for all; then the embedded one, in this language or
    /// English.
    fn text_template(&self, kind: Kind, locale: Locale) -> String {
        let [in_locale, for_all] = names(kind, locale, "txt");
        let own = [&in_locale, &for_all].into_iter().find(|name| self.own.contains_key(*name));
        if let Some(own) = own {
            return own.clone();
        }
        let has = EMBEDDED.iter().any(|(name, _)| *name == in_locale);
        if has { in_locale } else { format!("{}.{}.txt", kind.as_str(), Locale::En.as_str()) }
    }

    fn html_template(&self, kind: Kind, locale: Locale) -> String {
        let own = names(kind, locale, "html").into_iter().find(|name| self.own.contains_key(name));
        own.unwrap_or_else(|| MESSAGE_HTML.to_owned())
    }

    /// Where a template comes from, for people.
    fn file(&self, name: &str) -> String {
        self.own.get(name).map_or_else(|| name.to_owned(), |path| path.display().to_string())
    }

    fn check_variables(&self, errors: &mut Vec<TemplateError>) {
        let globals: HashSet<String> = self.environment.globals().map(|(name, _)| name.to_owned()).collect();
        for (name, template) in self.environment.templates() {
            let mut known: Vec<&str> = COMMON.to_vec();
            match FileName::read(name) {
                Some(FileName::Of(kind)) => known.extend(variables(kind)),
                Some(FileName::Shared) | None => known.push("link"),
            }
            if !name.ends_with(".txt") {
                known.extend(OF_HTML);
            }
            let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().collect();
            unknown.retain(|variable| !known.contains(&variable.as_str()) && !globals.contains(variable));
            unknown.sort_unstable();
            errors.extend(unknown.into_iter().map(|variable| TemplateError::Variable {
                file: self.file(name),
                line: line_of(template.source(), &variable),
                variable,
                known: known.join(", "),
            }));
        }
    }

    fn check_samples(&self, errors: &mut Vec<TemplateError>) {
        for kind in Kind::ALL {
            for locale in Locale::ALL {
                for values in preview::samples(kind, locale) {
                    let rendered = self.render(kind, locale, &values, preview::SENDER, false);
                    errors.extend(rendered.err());
                }
            }
        }
        let mut said = HashSet::new();
        errors.retain(|error| said.insert(error.to_string()));
    }
}

/// `<kind>.<locale>.<ending>` and `<kind>.<ending>`.
fn names(kind: Kind, locale: Locale, ending: &str) -> [String; 2] {
    let kind = kind.as_str();
    [format!("{kind}.{}.{ending}", locale.as_str()), format!("{kind}.{ending}")]
}

/// The lines of each paragraph; a blank line ends one.
fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty()).map(<[&str]>::to_vec).collect()
}

/// The line that names a variable first, from 1.
fn line_of(source: &str, variable: &str) -> usize {
    let names =
        |line: &str| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == variable);
    source.lines().position(names).map_or(1, |index| index + 1)
}

fn described(file: &str, error: &minijinja::Error) -> TemplateError {
    let detail = error
        .detail()
        .map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    TemplateError::Template { file: file.to_owned(), line: error.line().unwrap_or(1), what: detail }
}

#[cfg(test)]
#[path = "templates_tests.rs"]
mod tests;
