//! Genesys Embeddable Framework: the agent's token, from the frame that Genesys serves.
//!
//! The page cannot look into that frame. A few lines in its `framework.js` answer for it
//! (`pkg/genesys.mjs` writes them out); where they are missing, the page signs in by itself.

use std::cell::Cell;

use protocol::{issuer::Kind, json::object, secret::Secret};

use crate::{
    browser::{
        json,
        message::{self, post},
        page,
    },
    deadline::{Deadline, now},
    session::Visitor,
};

/// What both sides call it.
const WORD: &str = "agent-token";

/// How long the frame may take to answer, in milliseconds.
const PATIENCE: u32 = 2_000;

/// How long a frame that did not answer is left alone, in milliseconds.
const REST: i64 = 5_000;

thread_local! {
    static REST_UNTIL: Cell<i64> = const { Cell::new(0) };
}

/// The agent's access token, where there is a frame that gives it.
pub(super) async fn agent_token(visitor: &Visitor, deadline: Deadline) -> Option<Secret> {
    let Kind::GenesysCloud(genesys) = visitor.config.issuer.kind() else {
        return None;
    };
    let rest = REST_UNTIL.get() - now().as_millis();
    // A clock that was set back does not lengthen it.
    if 0 < rest && rest <= REST {
        return None;
    }
    let origin = genesys.address("apps", "");
    let frame = page::frame_of(&origin)?;
    let question = json::to_js(&object(vec![("messengerAuth", WORD.into())]));
    post(&frame, &question, &origin);
    let patience = deadline.left().min(PATIENCE);
    let answer = message::text(
        Box::new(move |message| {
            let is_meant = message.origin == origin
                && message.source == frame
                && json::text_member(&message.data, "messengerAuth").as_deref() == Some(WORD);
            is_meant.then(|| json::text_member(&message.data, "token").unwrap_or_default())
        }),
        patience,
    );
    let token = answer.await.filter(|token| !token.is_empty());
    let outcome = if token.is_some() {
        "the frame gave the agent's token"
    } else {
        if patience == PATIENCE {
            REST_UNTIL.set(now().plus_millis(REST).as_millis());
        }
        "the frame gave no token: framework.js lacks our lines, or no agent is signed in there"
    };
    visitor
        .driver
        .journal
        .note("Genesys Embeddable Framework", outcome);
    token.map(Secret::new)
}
