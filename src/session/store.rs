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
    signed_out: String,
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
            signed_out: ["messenger-auth:signed-out:", &of].concat(),
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
        let _ = self.store.set(&self.signed_out, "1");
    }

    pub(super) fn forget_sign_out(&self) {
        self.store.remove(&self.signed_out);
    }

    pub(super) fn has_signed_out(&self) -> bool {
        self.store.get(&self.signed_out).is_some()
    }
}
