//! The panel's words, in the person's language.
//!
//! All of them stand in `text.json`, a line a text. They are looked up while this file is
//! compiled: a text that is missing does not build, no JSON is parsed in the browser, and what
//! nobody shows is not downloaded. A text holds no escapes, so that it can be taken as it is.

const JSON: &str = include_str!("text.json");

/// A language that the panel speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// `en`
    English,
    /// `es`
    Spanish,
    /// `ko`
    Korean,
}

impl Language {
    /// The first language tag (BCP 47) that the panel speaks, in this order: the `locale` option,
    /// the page's `lang`, the browser's language. English otherwise.
    pub(crate) fn choose(option: Option<&str>, page: Option<&str>, browser: Option<&str>) -> Self {
        for tag in [option, page, browser] {
            if let Some(language) = tag.and_then(Self::from_tag) {
                return language;
            }
        }
        Self::English
    }

    /// The language's own tag, for `lang`.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::Korean => "ko",
        }
    }

    fn from_tag(tag: &str) -> Option<Self> {
        let (primary, rest) = tag.split_at_checked(2)?;
        [Self::English, Self::Spanish, Self::Korean]
            .into_iter()
            .filter(|_| !rest.starts_with(|next: char| next.is_ascii_alphabetic()))
            .find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }
}

/// The text of this key. Each is copied out of the file: what nobody shows of that is not downloaded.
macro_rules! named {
    ($key:literal) => {{
        const TEXT: usize = after_key($key, 0);
        Text {
            english: copied!(TEXT, Language::English),
            spanish: copied!(TEXT, Language::Spanish),
            korean: copied!(TEXT, Language::Korean),
        }
    }};
}

macro_rules! copied {
    ($text:expr, $language:expr) => {{
        const FROM: &str = string_at(after_key($language.tag(), $text));
        const COPY: [u8; FROM.len()] = copy(FROM);
        match core::str::from_utf8(&COPY) {
            Ok(text) => text,
            Err(_) => panic!("a text in text.json is no text"),
        }
    }};
}

/// One text in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text {
    english: &'static str,
    spanish: &'static str,
    korean: &'static str,
}

impl Text {
    pub(super) const PANEL: &Self = &named!("panel");
    pub(super) const SIGN_IN: &Self = &named!("sign-in");
    pub(super) const SIGN_OUT: &Self = &named!("sign-out");
    pub(super) const SHOW_WINDOW: &Self = &named!("show-window");
    pub(super) const OPEN_WINDOW: &Self = &named!("open-window");
    pub(super) const REOPEN_WINDOW: &Self = &named!("reopen-window");
    pub(super) const CANCEL: &Self = &named!("cancel");
    pub(super) const TRY_AGAIN: &Self = &named!("try-again");
    pub(super) const DETAILS: &Self = &named!("details");

    pub(super) const NONE: &Self = &Self {
        english: "",
        spanish: "",
        korean: "",
    };
    pub(super) const WORKING: &Self = &named!("working");
    pub(super) const WINDOW_OPEN: &Self = &named!("window-open");
    pub(super) const WINDOW_BLOCKED: &Self = &named!("window-blocked");
    pub(super) const STILL_SIGNING_IN: &Self = &named!("still-signing-in");
    pub(super) const SIGNED_IN: &Self = &named!("signed-in");
    pub(super) const SIGNED_IN_AS: &Self = &named!("signed-in-as");

    /// What happened, in words for the person, by the code of the failure.
    pub(super) fn of_failure(code: &str) -> &'static Self {
        match code {
            "popup-blocked" => const { &named!("failed-blocked") },
            "popup-closed" => const { &named!("failed-closed") },
            "access-denied" => const { &named!("failed-refused") },
            "sign-in-required"
            | "login-required"
            | "interaction-required"
            | "consent-required"
            | "account-selection-required"
            | "auth-too-old" => const { &named!("failed-required") },
            "offline" => const { &named!("failed-offline") },
            "network" | "bad-status" => const { &named!("failed-network") },
            "timeout" => const { &named!("failed-timeout") },
            "token-expired" | "token-not-yet-valid" => const { &named!("failed-clock") },
            "storage-unavailable" => const { &named!("failed-storage") },
            "load-failed" | "crashed" | "version-mismatch" => const { &named!("failed-load") },
            "bad-option"
            | "already-initialised"
            | "insecure-page"
            | "callback-path-taken"
            | "redirect-uri-mismatch"
            | "cors-blocked"
            | "invalid-client"
            | "discovery-mismatch" => const { &named!("failed-setup") },
            _ => const { &named!("failed") },
        }
    }

    pub(super) const fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Spanish => self.spanish,
            Language::Korean => self.korean,
        }
    }
}

const fn copy<const N: usize>(text: &str) -> [u8; N] {
    let mut copy = [0; N];
    copy.copy_from_slice(text.as_bytes());
    copy
}

/// Where the value of the next member called `key` begins, behind `"key": `.
const fn after_key(key: &str, from: usize) -> usize {
    let (json, key) = (JSON.as_bytes(), key.as_bytes());
    let mut at = from;
    loop {
        assert!(at < json.len(), "a text is missing in text.json");
        let mut same = 0;
        while same < key.len() && json[at + 1 + same] == key[same] {
            same += 1;
        }
        let end = at + 1 + same;
        if json[at] == b'"' && same == key.len() && json[end] == b'"' && json[end + 1] == b':' {
            return end + 3;
        }
        at += 1;
    }
}

/// The string whose opening quote stands at `at`.
const fn string_at(at: usize) -> &'static str {
    let json = JSON.as_bytes();
    assert!(json[at] == b'"', "a text in text.json is no string");
    let mut end = at + 1;
    while json[end] != b'"' {
        assert!(json[end] != b'\\', "a text in text.json holds an escape");
        end += 1;
    }
    JSON.split_at(end).0.split_at(at + 1).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value};

    fn texts() -> Map<String, Value> {
        serde_json::from_str(JSON).expect("text.json is JSON")
    }

    #[test]
    fn the_option_comes_first_then_the_page_then_the_browser() {
        let choose = Language::choose;
        assert_eq!(choose(Some("ko"), Some("es"), Some("en")), Language::Korean);
        assert_eq!(choose(None, Some("es"), Some("ko")), Language::Spanish);
        assert_eq!(choose(None, None, Some("ko")), Language::Korean);
        assert_eq!(choose(None, None, None), Language::English);
    }

    #[test]
    fn a_language_we_do_not_speak_leaves_the_choice_to_the_next() {
        assert_eq!(
            Language::choose(None, Some("de"), Some("ko")),
            Language::Korean
        );
        assert_eq!(
            Language::choose(Some(""), Some("fr"), Some("zh")),
            Language::English
        );
    }

    #[test]
    fn region_case_and_underscore_do_not_matter() {
        for tag in ["es-419", "ES", "es_MX", "Es-Latn-ES"] {
            assert_eq!(
                Language::choose(Some(tag), None, None),
                Language::Spanish,
                "{tag}"
            );
        }
        // A longer primary tag is another language: Konkani is no Korean.
        assert_eq!(Language::choose(Some("kok"), None, None), Language::English);
    }

    #[test]
    fn every_text_is_there_in_every_language_as_a_json_parser_reads_it() {
        for (key, value) in texts() {
            let text = after_key(&key, 0);
            let languages = value.as_object().expect("an object of languages");
            assert_eq!(languages.len(), 3, "{key}");
            for language in [Language::English, Language::Spanish, Language::Korean] {
                let expected = languages[language.tag()].as_str().expect("a string");
                assert!(!expected.trim().is_empty(), "{key} is empty");
                assert_eq!(
                    string_at(after_key(language.tag(), text)),
                    expected,
                    "{key}"
                );
            }
        }
    }

    #[test]
    fn the_name_has_its_place_in_one_text_and_every_language_of_it() {
        for (key, value) in texts() {
            for text in value.as_object().expect("an object").values() {
                let places = text.as_str().expect("a string").matches("{name}").count();
                assert_eq!(places, usize::from(key == "signed-in-as"), "{key}: {text}");
            }
        }
    }

    #[test]
    fn failures_are_told_apart_by_what_the_person_can_do() {
        let told = |code| Text::of_failure(code).in_language(Language::English);
        assert!(told("popup-blocked").contains("pop-ups"));
        assert!(told("offline").contains("connection"));
        assert!(told("token-expired").contains("clock"));
        assert!(told("invalid-client").contains("owner"));
        assert_eq!(told("signature-invalid"), told("a code of tomorrow"));
        assert_ne!(told("signature-invalid"), told("network"));
    }
}
