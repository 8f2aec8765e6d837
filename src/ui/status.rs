//! What the panel says in each state.

use protocol::part::cut;

use super::Panel;
use super::text::{Language, Text};

/// A state of the panel in words. What is not said in it is empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status<'a> {
    /// The state's own name, for the style sheet.
    pub(super) state: &'static str,
    /// What the panel is, for a screen reader.
    pub(super) label: &'static str,
    /// Said politely: in front of the name, the name, behind it.
    pub(super) said: [&'a str; 3],
    /// Said at once.
    pub(super) alert: &'static str,
    /// The main button.
    pub(super) main: &'static str,
    /// The button that gives the sign-in up.
    pub(super) cancel: &'static str,
    /// The button that signs out.
    pub(super) sign_out: &'static str,
    /// Above the code, the message, the help and the steps for a developer.
    pub(super) details: &'static str,
    /// The code of a failure, its message, its help, the steps that led to it.
    pub(super) failure: [&'a str; 4],
}

impl<'a> Status<'a> {
    pub(super) fn of(panel: &'a Panel, language: Language) -> Self {
        let none = Text::NONE;
        let (state, said, [main, cancel, sign_out]) = match panel {
            Panel::SignedOut => ("signed-out", none, [Text::SIGN_IN, none, none]),
            Panel::Working => ("working", Text::WORKING, [Text::WORKING, none, none]),
            Panel::WindowOpen => (
                "window-open",
                Text::WINDOW_OPEN,
                [Text::SHOW_WINDOW, Text::CANCEL, none],
            ),
            Panel::WindowBlocked => (
                "window-blocked",
                Text::WINDOW_BLOCKED,
                [Text::OPEN_WINDOW, Text::CANCEL, none],
            ),
            Panel::StillSigningIn => (
                "still-signing-in",
                Text::STILL_SIGNING_IN,
                [Text::REOPEN_WINDOW, Text::CANCEL, none],
            ),
            Panel::SignedIn { name } => (
                "signed-in",
                if name.is_some() {
                    Text::SIGNED_IN_AS
                } else {
                    Text::SIGNED_IN
                },
                [none, none, Text::SIGN_OUT],
            ),
            Panel::Failed { .. } => ("failed", none, [Text::TRY_AGAIN, none, none]),
        };
        let [name, code, message, help, steps] = match panel {
            Panel::SignedIn { name: Some(name) } => [name, "", "", "", ""],
            Panel::Failed {
                code,
                message,
                help,
                steps,
            } => ["", code, message, help, steps],
            _ => [""; 5],
        };
        let alert = if code.is_empty() {
            none
        } else {
            Text::of_failure(code)
        };
        let say = |text: &Text| text.in_language(language);
        let (before, rest) = cut(say(said), b'{').unwrap_or((say(said), ""));
        let after = cut(rest, b'}').map_or("", |(_, after)| after);
        Self {
            state,
            label: say(Text::PANEL),
            said: [before, name, after],
            alert: say(alert),
            main: say(main),
            cancel: say(cancel),
            sign_out: say(sign_out),
            details: say(Text::DETAILS),
            failure: [code, message, help, steps],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> Panel {
        Panel::Failed {
            code: "offline",
            message: "No connection.".into(),
            help: "Look at the cable.".into(),
            steps: "fetch the time (3 ms): done".into(),
        }
    }

    #[test]
    fn the_name_stands_where_the_language_puts_it() {
        let panel = Panel::SignedIn {
            name: Some("Ada".into()),
        };
        let said = |language| Status::of(&panel, language).said;
        assert_eq!(said(Language::English), ["Signed in as ", "Ada", ""]);
        assert_eq!(said(Language::Korean), ["", "Ada", " 님으로 로그인됨"]);
    }

    #[test]
    fn a_failure_is_said_at_once_and_only_there() {
        let panel = failed();
        let status = Status::of(&panel, Language::English);
        assert_eq!(status.said, [""; 3]);
        assert!(status.alert.contains("offline"));
        assert_eq!(
            status.failure,
            [
                "offline",
                "No connection.",
                "Look at the cable.",
                "fetch the time (3 ms): done"
            ]
        );
    }

    #[test]
    fn each_state_has_its_buttons() {
        let signed_in = Panel::SignedIn { name: None };
        for (panel, expected) in [
            (Panel::SignedOut, ["Sign in", "", ""]),
            (Panel::Working, ["One moment…", "", ""]),
            (Panel::WindowOpen, ["Show window", "Cancel", ""]),
            (Panel::WindowBlocked, ["Open window", "Cancel", ""]),
            (Panel::StillSigningIn, ["Reopen window", "Cancel", ""]),
            (signed_in, ["", "", "Sign out"]),
            (failed(), ["Try again", "", ""]),
        ] {
            let status = Status::of(&panel, Language::English);
            assert_eq!(
                [status.main, status.cancel, status.sign_out],
                expected,
                "{panel:?}"
            );
        }
    }
}
