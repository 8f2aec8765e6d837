//! What the owner pastes.

use core::fmt;

use base64ct::{Base64, Encoding};
use protocol::json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{form::Complete, site::Site};

/// The files of this build, as they are named and pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The text of `snippet.js`, with its three marks.
    pub snippet: String,
    /// The name of the loader.
    pub loader: String,
    /// Its hash, for `integrity`.
    pub integrity: String,
}

impl Files {
    /// Reads `integrity.json` and `snippet.js`.
    #[must_use]
    pub fn read(integrity: &Value, snippet: &str) -> Option<Self> {
        let is_loader = |name: &str| {
            let version = name
                .strip_prefix("messenger-auth-")
                .and_then(|rest| rest.strip_suffix(".js"));
            version.is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
        };
        let (loader, hash) = integrity
            .as_object()?
            .iter()
            .find(|(name, _)| is_loader(name))?;
        let snippet = snippet.trim_end();
        MARKS
            .iter()
            .all(|mark| snippet.contains(mark))
            .then_some(Self {
                snippet: snippet.to_owned(),
                loader: loader.to_owned(),
                integrity: hash.as_str()?.to_owned(),
            })
    }
}

/// What is filled into the snippet.
const MARKS: [&str; 3] = ["__OPTIONS__", "__LOADER__", "__INTEGRITY__"];

/// The snippet's JavaScript, without its tag.
#[must_use]
pub fn code(files: &Files, options: &Literal, site: &Site) -> String {
    let values = [
        options.to_string(),
        quoted(&site.path(&files.loader)),
        quoted(&files.integrity),
    ];
    // In one pass: an option may well say __LOADER__.
    let mut made = String::new();
    let mut rest = files.snippet.as_str();
    while let Some((at, mark)) = MARKS
        .iter()
        .enumerate()
        .filter_map(|(index, mark)| Some((rest.find(mark)?, index)))
        .min()
    {
        made.push_str(&rest[..at]);
        made.push_str(&values[mark]);
        rest = &rest[at + MARKS[mark].len()..];
    }
    made + rest
}

/// The forms of what is pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The inline snippet.
    Snippet,
    /// The snippet whose events go to a tag manager's array.
    TagManager,
    /// The script tag.
    Tag,
}

impl Shape {
    /// All, in the order that they are shown in.
    pub const ALL: [Self; 3] = [Self::Snippet, Self::TagManager, Self::Tag];

    /// The text in this form; none where an option cannot be said in it.
    #[must_use]
    pub fn text(self, files: &Files, complete: &Complete) -> Option<String> {
        match self.inline(files, complete) {
            Some(code) => Some(["<script>", &code, "</script>"].concat()),
            None => tag(files, complete),
        }
    }

    /// The JavaScript that stands in the page itself.
    #[must_use]
    pub fn inline(self, files: &Files, complete: &Complete) -> Option<String> {
        let mut options = complete.options.clone();
        match self {
            Self::Snippet => {}
            Self::TagManager if options.members().contains_key("dataLayer") => {}
            Self::TagManager => options.add("dataLayer", Value::from("dataLayer").into()),
            Self::Tag => return None,
        }
        Some(code(files, &options, &complete.site))
    }
}

/// The script tag; none where an option is a function.
fn tag(files: &Files, complete: &Complete) -> Option<String> {
    let Literal::Object(members) = &complete.options else {
        return None;
    };
    let mut tag = format!(
        "<script async src={}\n        integrity={} crossorigin=\"anonymous\"",
        attribute(&complete.site.path(&files.loader)),
        attribute(&files.integrity),
    );
    for (name, value) in members {
        if value.has_call() {
            return None;
        }
        let text = match value.value() {
            Value::String(text) => text,
            other => other.to_string(),
        };
        tag.extend(["\n        data-", &kebab(name), "=", &attribute(&text)]);
    }
    Some(tag + "></script>")
}

/// A script in three parts, the middle one being what the form has made; all of it is the first where there is
/// no such part.
#[must_use]
pub fn parts<'a>(text: &'a str, options: &Literal) -> [&'a str; 3] {
    let made = options.to_string();
    let made = made.trim_end_matches([' ', '}']);
    match text.rfind(made) {
        Some(at) => {
            let (before, rest) = text.split_at(at);
            let (made, after) = rest.split_at(made.len());
            [before, made, after]
        }
        None => [text, "", ""],
    }
}

/// What a Content-Security-Policy says of an inline script, so that it may run.
#[must_use]
pub fn policy_hash(code: &str) -> String {
    [
        "'sha256-",
        &Base64::encode_string(&Sha256::digest(code)),
        "'",
    ]
    .concat()
}

/// A value as JavaScript writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// What JSON has too.
    Plain(Value),
    /// A function that calls what stands at this path.
    Call(String),
    /// Names and values, in their order.
    Object(Vec<(String, Literal)>),
}

impl Default for Literal {
    fn default() -> Self {
        Self::Object(Vec::new())
    }
}

impl From<Value> for Literal {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.to_owned(), value.clone().into()))
                    .collect(),
            ),
            other => Self::Plain(other),
        }
    }
}

impl Literal {
    pub(crate) fn call(path: &str) -> Self {
        Self::Call(path.to_owned())
    }

    pub(crate) fn add(&mut self, name: &str, value: Self) {
        if let Self::Object(members) = self {
            members.push((name.to_owned(), value));
        }
    }

    /// As the widget's own checks take it: a function stands for what it gives.
    #[must_use]
    pub fn value(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Call(path) => [path, "()"].concat().into(),
            Self::Object(_) => Value::Object(self.members()),
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn members(&self) -> Map {
        let mut values = Map::new();
        if let Self::Object(members) = self {
            for (name, value) in members {
                values.insert(name.clone(), value.value());
            }
        }
        values
    }

    fn has_call(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Call(_) => true,
            Self::Object(members) => members.iter().any(|(_, value)| value.has_call()),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(value) => f.write_str(&in_script(&value.to_string())),
            Self::Call(path) => write!(f, "function () {{ return {path}(); }}"),
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    f.write_str(if index == 0 { " " } else { ", " })?;
                    let is_name = name.bytes().all(|b| b.is_ascii_alphabetic());
                    let name = if is_name { name.clone() } else { quoted(name) };
                    write!(f, "{name}: {value}")?;
                }
                f.write_str(" }")
            }
        }
    }
}

fn quoted(text: &str) -> String {
    in_script(&Value::from(text).to_string())
}

/// JSON that may stand in a script tag, in any version of JavaScript.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn attribute(text: &str) -> String {
    [
        "\"",
        &text
            .replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;"),
        "\"",
    ]
    .concat()
}

fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::form::{Field, Messenger, SignIn, tests::filled};

    pub(crate) fn files() -> Files {
        let integrity = json!({
            "authWindow.html": "sha384-a", "messenger-auth-0.1.0.glue.js": "sha384-b",
            "messenger-auth-0.1.0.js": "sha384-c", "messenger-auth-0.1.0.wasm": "sha384-d",
        });
        Files::read(
            &integrity,
            "(f)(window,document,__OPTIONS__,__LOADER__,__INTEGRITY__);\n",
        )
        .unwrap()
    }

    #[test]
    fn the_snippet_is_filled_in() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        let complete = form.complete().unwrap();
        assert_eq!(
            Shape::Snippet.text(&files(), &complete).unwrap(),
            r#"<script>(f)(window,document,{ issuer: "https://idp.example.com", clientId: "web" },"/messenger-auth/messenger-auth-0.1.0.js","sha384-c");</script>"#
        );
        assert!(
            Shape::TagManager
                .text(&files(), &complete)
                .unwrap()
                .contains(r#", dataLayer: "dataLayer" },"#)
        );
        assert_eq!(
            Shape::Tag.text(&files(), &complete).unwrap(),
            "<script async src=\"/messenger-auth/messenger-auth-0.1.0.js\"\n        integrity=\"sha384-c\" crossorigin=\"anonymous\"\n        data-issuer=\"https://idp.example.com\"\n        data-client-id=\"web\"></script>"
        );
    }

    #[test]
    fn an_array_of_another_name_is_said_once() {
        let mut form = filled(Messenger::Page, SignIn::OpenId);
        form.set(Field::DataLayer, "events");
        let complete = form.complete().unwrap();
        let made = Shape::TagManager.text(&files(), &complete).unwrap();
        assert!(made.contains(r#"dataLayer: "events" }"#), "{made}");
        assert_eq!(made.matches("dataLayer").count(), 1);
    }

    #[test]
    fn what_the_form_has_made_is_told_apart() {
        let complete = filled(Messenger::Page, SignIn::OpenId).complete().unwrap();
        for script in [
            Shape::Snippet.text(&files(), &complete).unwrap(),
            Shape::TagManager.text(&files(), &complete).unwrap(),
        ] {
            let parts = parts(&script, &complete.options);
            assert_eq!(parts.concat(), script);
            assert_eq!(
                parts[1],
                r#"{ issuer: "https://idp.example.com", clientId: "web""#
            );
        }
        assert_eq!(parts("alert(1)", &complete.options), ["alert(1)", "", ""]);
    }

    #[test]
    fn what_is_typed_stays_text() {
        let mut form = filled(Messenger::Page, SignIn::OpenId);
        form.set(Field::ClientId, "</script>\"__LOADER__ &\u{2028}'");
        let complete = form.complete().unwrap();
        let made = Shape::Snippet.text(&files(), &complete).unwrap();
        assert!(
            made.contains(r#"clientId: "\u003c/script>\"__LOADER__ &\u2028'" }"#),
            "{made}"
        );
        assert_eq!(made.matches("</script>").count(), 1);
        let tag = Shape::Tag.text(&files(), &complete).unwrap();
        assert!(
            tag.contains("data-client-id=\"&lt;/script>&quot;__LOADER__ &amp;"),
            "{tag}"
        );
    }

    #[test]
    fn a_function_is_no_attribute() {
        let complete = filled(Messenger::Page, SignIn::Finesse).complete().unwrap();
        assert_eq!(Shape::Tag.text(&files(), &complete), None);
    }

    #[test]
    fn other_files_are_none_of_ours() {
        for (integrity, snippet) in [
            (json!({}), "__OPTIONS__ __LOADER__ __INTEGRITY__"),
            (json!({ "messenger-auth-0.1.0.js": "sha384-c" }), "nothing"),
            (
                json!({ "messenger-auth-0.1.0.glue.js": "x" }),
                "__OPTIONS__ __LOADER__ __INTEGRITY__",
            ),
            (json!("a page"), "__OPTIONS__ __LOADER__ __INTEGRITY__"),
        ] {
            assert_eq!(Files::read(&integrity, snippet), None);
        }
    }

    #[test]
    fn a_policy_names_the_script_by_its_hash() {
        assert_eq!(
            policy_hash("alert('Hello, world.');"),
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
        );
    }
}
