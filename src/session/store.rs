//! Where the session lives between two pages of the site.

use protocol::{client::Client, issuer::Issuer, session::Session};

use crate::{
    browser::{json, storage::Store},
    config,
};

/// The place of one client's session in the chosen storage.
pub(super) struct SessionStore {
    store: Store,
    key: String,
    /// Lives as long as the tab, wherever the session lives.
    tab: Store,
    signed_out: String,
    refused: String,
}

impl SessionStore {
    pub(super) fn open(storage: config::Storage, client: &Client, issuer: &Issuer) -> Self {
        let of = [&client.client_id, "@", issuer.identifier()].concat();
        Self {
            store: match storage {
                config::Storage::Session => Store::session(),
                config::Storage::Memory => Store::memory(),
                config::Storage::Local => Store::local(),
            },
            key: ["messenger-auth:session:", &of].concat(),
            tab: Store::session(),
            signed_out: ["messenger-auth:signed-out:", &of].concat(),
            refused: ["messenger-auth:refused:", &of].concat(),
        }
    }

    /// The session that is kept, if it was made for this client.
    pub(super) fn load(&self, client: &Client, issuer: &Issuer) -> Option<Session> {
        let kept = self.store.get(&self.key)?;
        let session = protocol::json::read(kept.as_bytes())
            .and_then(|kept| Session::from_json(&kept))
            .filter(|session| session.belongs_to(client, issuer));
        if session.is_none() {
            self.store.remove(&self.key);
        }
        session
    }

    /// Keeps the session. A storage that is full keeps nothing, and the session goes on in
    /// this page.
    pub(super) fn save(&self, session: &Session) {
        let kept = json::to_text(&session.to_json())
            .is_some_and(|text| self.store.set(&self.key, &text).is_ok());
        if !kept {
            self.store.remove(&self.key);
        }
    }

    pub(super) fn clear(&self) {
        self.store.remove(&self.key);
    }

    /// Remembers that the person has signed out here while the issuer may still know them:
    /// a hidden frame must not sign them in again behind their back.
    pub(super) fn remember_sign_out(&self) {
        let _ = self.tab.set(&self.signed_out, "1");
    }

    pub(super) fn has_signed_out(&self) -> bool {
        self.tab.get(&self.signed_out).is_some()
    }

    /// Remembers that the issuer has sent the page back without a sign-in: the page must not
    /// leave for it again by itself, over and over.
    pub(super) fn remember_refusal(&self) {
        let _ = self.tab.set(&self.refused, "1");
    }

    pub(super) fn was_refused(&self) -> bool {
        self.tab.get(&self.refused).is_some()
    }

    /// A person has signed in: what was remembered against it is over.
    pub(super) fn forget_refusals(&self) {
        self.tab.remove(&self.signed_out);
        self.tab.remove(&self.refused);
    }
}
