//! Genesys Embeddable Framework: the agent's token, from the frame that Genesys serves.
//!
//! The page cannot look into that frame. A few lines in its `framework.js` answer for it
//! (`pkg/genesys.mjs` writes them out); where they are missing, the page signs in by itself.

use std::{cell::Cell, pin::pin, rc::Rc};

use protocol::{issuer::Kind, json::object, secret::Secret};

use crate::{
    browser::{
        bell::Signal,
        json,
        message::{Listener, post},
        page,
        task::race,
        timer,
    },
    deadline::{Deadline, now},
    session::Visitor,
};

/// What both sides call it.
const WORD: &str = "agent-token";

/// How long the frame may take to answer, in milliseconds.
const PATIENCE: u32 = 2_000;

/// How long a frame that did not answer is left alone, in milliseconds.
const REST: i64 = 30_000;

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
    let origin = ["https://apps.", genesys.domain()].concat();
    let frame = page::frame_of(&origin)?;
    let answer = Rc::new(Cell::new(None));
    let answered = Rc::new(Signal::default());
    let listener = {
        let (answer, answered) = (Rc::clone(&answer), Rc::clone(&answered));
        let (frame, origin) = (frame.clone(), origin.clone());
        Listener::new(move |message| {
            let is_meant = message.origin == origin
                && message.source == frame
                && json::text_member(&message.data, "messengerAuth").as_deref() == Some(WORD);
            if is_meant {
                let token = json::text_member(&message.data, "token");
                answer.set(token.filter(|token| !token.is_empty()));
                answered.give();
            }
        })
    };
    let question = json::to_js(&object(vec![("messengerAuth", WORD.into())]));
    post(&frame, &question, &origin);
    let patience = deadline.left().min(PATIENCE);
    race(pin!(answered.given()), pin!(timer::sleep(patience))).await;
    drop(listener);
    let token = answer.take();
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
