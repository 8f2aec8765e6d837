//! Where the session lives between two pages of the site.

use core::cell::Cell;

use protocol::{
    client::Client,
    config, decimal,
    issuer::Issuer,
    json::{Value, object},
    part::parts,
    secret::Secret,
    session::Session,
    site_token::SiteToken,
    time::Timestamp,
};

use crate::{
    browser::{
        json,
        storage::{Full, Store},
    },
    deadline::now,
};

/// Stands for a refresh token where the person has signed out.
const SIGNED_OUT: &str = "-";
/// Stands before the name of a refresh token that is on its way to the issuer.
const SPENDING: char = '?';

/// How long the hidden frame is left alone that did not answer, in milliseconds.
const MUTE_FOR: i64 = 60_000;
/// How long one is left alone that did so twice, or sees no cookies, in milliseconds: a day.
const USELESS_FOR: i64 = 86_400_000;
/// How long after a sign-in the issuer must know the person in a frame too, in milliseconds.
const SURELY_KNOWN: i64 = 600_000;

/// The place of one client's session in the chosen storage, and what all tabs must know of it.
pub(super) struct SessionStore {
    store: Store,
    is_shared: bool,
    /// Client and issuer: after this everything is named.
    of: String,
    /// Lives as long as the tab, wherever the session lives.
    tab: Store,
    /// One for all tabs, wherever the session lives. No token is ever in it.
    all: Store,
    /// The last sign-out that this tab knows of: word of another's may be here before what that has written.
    signed_out_at: Cell<Stamp>,
}

/// When a session began, and when it last changed: milliseconds since 1970, always later than what
/// was known before. A later person beats every renewal for an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Stamp {
    pub(super) person: i64,
    pub(super) change: i64,
}

/// A session, or that there is none any more, as it is kept and as the tabs tell each other.
pub(super) struct Note {
    pub(super) stamp: Stamp,
    pub(super) session: Option<Session>,
    /// Where the site, or a portal, has signed somebody in by itself. Never kept.
    pub(super) site_token: Option<SiteToken>,
    /// The person has signed out. Never kept.
    pub(super) is_sign_out: bool,
}

/// Whose turn it is to use the refresh token of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Nobody has used it yet.
    Ours,
    /// Somebody has sent it, and what came of it is not known.
    Doubtful,
    /// Another has taken its place, or nobody is to use it.
    Stale,
}

impl SessionStore {
    pub(super) fn open(storage: config::Storage, client: &Client, issuer: &Issuer) -> Self {
        Self {
            store: match storage {
                config::Storage::Session => Store::session(),
                config::Storage::Memory => Store::memory(),
                config::Storage::Local => Store::local(),
            },
            is_shared: storage == config::Storage::Local,
            of: [&client.client_id, "@", issuer.identifier()].concat(),
            tab: Store::session(),
            all: Store::local(),
            signed_out_at: Cell::default(),
        }
    }

    /// The name of what belongs to this client at this issuer.
    pub(super) fn name(&self, what: &str) -> String {
        ["messenger-auth:", what, ":", &self.of].concat()
    }

    /// Whether all tabs have this store in common.
    pub(super) fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Whether what is kept may be copied with the tab.
    pub(super) fn is_durable(&self) -> bool {
        self.store.is_durable()
    }

    /// Whether the tabs have one place in common.
    pub(super) fn is_common(&self) -> bool {
        self.all.is_durable()
    }

    /// The session that is kept.
    pub(super) fn load(&self) -> Option<Note> {
        let kept = self.store.get(&self.name("session"))?;
        let note = Note::from_text(&kept);
        if note.is_none() {
            self.clear();
        }
        note
    }

    /// Keeps the session. A storage that is full keeps nothing, and the session goes on in
    /// this page.
    pub(super) fn save(&self, note: &str) {
        let kept = self.store.set(&self.name("session"), note).is_ok();
        if !kept {
            self.clear();
        }
    }

    pub(super) fn clear(&self) {
        self.store.remove(&self.name("session"));
    }

    /// The last change that any tab has made, and what it has left for a refresh token.
    fn latest(&self) -> Option<(Stamp, String)> {
        let latest = self.all.get(&self.name("latest"))?;
        let mut words = parts(&latest, b' ');
        let stamp = Stamp {
            person: decimal::read(words.next()?)?,
            change: decimal::read(words.next()?)?,
        };
        Some((stamp, words.next()?.to_owned()))
    }

    /// The stamp of the last change that any tab has made.
    pub(super) fn last_change(&self) -> Stamp {
        let latest = self.latest().unwrap_or_default().0;
        latest.max(self.signed_out_at.get())
    }

    fn set_latest(&self, stamp: Stamp, refresh_token: &str) -> Result<(), Full> {
        let Stamp { person, change } = stamp;
        let latest = [
            &*decimal::print(person),
            " ",
            &decimal::print(change),
            " ",
            refresh_token,
        ]
        .concat();
        self.all.set(&self.name("latest"), &latest)
    }

    /// Says to every tab, also to those that are frozen or yet to come, that only the refresh token
    /// of this session is to be used from now on.
    pub(super) fn set_current(&self, stamp: Stamp, session: Option<&Session>) {
        // Where it cannot be kept, the tabs have only each other's word.
        let _ = self.set_latest(stamp, &name_of(session));
    }

    /// Says so of a refresh token that is about to be sent: whoever finds this word when it holds
    /// the lock knows that the sender has died, or has had no answer.
    pub(super) fn set_spending(&self, stamp: Stamp, session: &Session) {
        let mut name = name_of(Some(session));
        name.insert(0, SPENDING);
        let _ = self.set_latest(stamp, &name);
    }

    /// Whether the refresh token of this session may be used.
    pub(super) fn claim(&self, mine: Stamp, session: &Session) -> Claim {
        match self.latest() {
            Some((stamp, current)) if stamp >= mine => {
                let name = name_of(Some(session));
                if current == name {
                    Claim::Ours
                } else if current.strip_prefix(SPENDING) == Some(&name) {
                    Claim::Doubtful
                } else {
                    Claim::Stale
                }
            }
            _ => Claim::Ours,
        }
    }

    /// Remembers that the person has signed out here while the issuer may still know them:
    /// a hidden frame must not sign them in again behind their back, in any tab; in this one at
    /// least, where the storage of all is full.
    /// A tab that is told of it writes it once more, where another may just have written over it.
    pub(super) fn remember_sign_out(&self, stamp: Stamp) {
        // What came later is not to be written over.
        let is_news = self.last_change() < stamp;
        self.signed_out_at.set(stamp);
        if is_news && self.set_latest(stamp, SIGNED_OUT).is_err() {
            let _ = self.tab.set(&self.name("out"), "1");
        }
    }

    pub(super) fn has_signed_out(&self) -> bool {
        let (stamp, mark) = self.latest().unwrap_or_default();
        mark == SIGNED_OUT
            || stamp < self.signed_out_at.get()
            || self.tab.get(&self.name("out")).is_some()
    }

    /// Remembers that the issuer has sent the page back without a sign-in: the page must not
    /// leave for it again by itself, over and over.
    pub(super) fn remember_refusal(&self) {
        let _ = self.tab.set(&self.name("refused"), "1");
    }

    pub(super) fn was_refused(&self) -> bool {
        self.tab.get(&self.name("refused")).is_some()
    }

    /// A person has signed in, here or in another tab: what was remembered against it is over.
    pub(super) fn forget_refusals(&self, stamp: Stamp, session: Option<&Session>) {
        self.tab.remove(&self.name("refused"));
        self.tab.remove(&self.name("out"));
        self.signed_out_at.take();
        if self.has_signed_out() {
            self.set_current(stamp, session);
        }
    }

    /// Remembers when the issuer has seen the person in a window or page of its own.
    pub(super) fn remember_visit(&self) {
        self.set_moment("visit", now());
    }

    /// Whether an issuer that says in a frame to know nobody had just signed a person in when it was asked:
    /// then the browser keeps its cookies from frames.
    pub(super) fn knows_better(&self, asked: Timestamp) -> bool {
        let visit = self.moment("visit");
        visit.is_some_and(|visit| (0..SURELY_KNOWN).contains(&asked.millis_since(visit)))
    }

    /// Until when the hidden frame is left alone.
    pub(super) fn frame_rests_until(&self) -> Option<Timestamp> {
        let until = self.moment("frame")?;
        // Never for longer than was ever said: the clock may have been set back.
        (0..=USELESS_FOR)
            .contains(&until.millis_since(now()))
            .then_some(until)
    }

    /// Leaves the hidden frame alone: for a minute when it is mute for the first time, which may
    /// be the network; for a day otherwise.
    pub(super) fn let_frame_rest(&self, because: Rest) {
        let millis = match because {
            Rest::Mute if self.moment("frame").is_none() => MUTE_FOR,
            Rest::Mute | Rest::Blind => USELESS_FOR,
        };
        self.set_moment("frame", now().plus_millis(millis));
    }

    /// The hidden frame works.
    pub(super) fn let_frame_work(&self) {
        self.all.remove(&self.name("frame"));
    }

    /// How far this machine's clock was behind lately, in milliseconds.
    pub(super) fn lag(&self) -> i64 {
        self.moment("clock").map_or(0, Timestamp::as_millis)
    }

    pub(super) fn set_lag(&self, millis: i64) {
        self.set_moment("clock", Timestamp::from_millis(millis));
    }

    fn moment(&self, what: &str) -> Option<Timestamp> {
        let millis = decimal::read(&self.all.get(&self.name(what))?)?;
        Some(Timestamp::from_millis(millis))
    }

    fn set_moment(&self, what: &str, moment: Timestamp) {
        let _ = self
            .all
            .set(&self.name(what), &decimal::print(moment.as_millis()));
    }
}

/// Why the hidden frame is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// It does not answer.
    Mute,
    /// It does not see the issuer's cookies.
    Blind,
}

impl Note {
    pub(super) fn text(stamp: Stamp, session: Option<&Session>) -> String {
        Self::told(stamp, session, None, false)
    }

    pub(super) fn told(
        stamp: Stamp,
        session: Option<&Session>,
        site_token: Option<&SiteToken>,
        is_sign_out: bool,
    ) -> String {
        let site_token = site_token.map(|held| {
            let end = held.expires_at.map(Timestamp::as_millis);
            Value::from(vec![held.token.expose().into(), Value::from(end)])
        });
        let note = object(vec![
            ("person", stamp.person.into()),
            ("change", stamp.change.into()),
            ("session", session.map(Session::to_json).into()),
            ("site", site_token.into()),
            ("out", is_sign_out.into()),
        ]);
        // Numbers and texts: nothing fails here.
        json::to_text(&note).unwrap_or_default()
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let note = protocol::json::read(text.as_bytes())?;
        Some(Self {
            stamp: Stamp {
                person: note.get("person")?.as_i64()?,
                change: note.get("change")?.as_i64()?,
            },
            session: match note.get("session")? {
                Value::Null => None,
                session => Some(Session::from_json(session)?),
            },
            site_token: match note.get("site").and_then(Value::as_array) {
                Some([token, end]) => Some(SiteToken {
                    token: Secret::new(token.as_str()?),
                    expires_at: end.as_i64().map(Timestamp::from_millis),
                }),
                _ => None,
            },
            is_sign_out: note.get("out") == Some(&Value::Bool(true)),
        })
    }
}

fn name_of(session: Option<&Session>) -> String {
    session
        .and_then(Session::refresh_token_at)
        .map(|came| decimal::print(came.as_millis()))
        .unwrap_or_default()
}
