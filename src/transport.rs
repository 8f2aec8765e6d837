//! Who carries a login's address out and its answer back: window, hidden frame, whole page.

use std::{cell::RefCell, pin::pin, rc::Rc};

use js_sys::{Object, Reflect};
use protocol::{Error, Fault, login::Transaction, time::Timestamp};
use wasm_bindgen::JsValue;

use crate::{
    browser::{
        bell::Bell,
        channel::Channel,
        json,
        message::{self, Listener, Message},
        page,
        storage::Store,
        task::{Work, race},
    },
    deadline::Deadline,
};

/// Where `authWindow.html` looks for the way back, by state.
const RETURN: &str = "messenger-auth:return:";
/// Where `authWindow.html` leaves an answer, by state.
const ANSWER: &str = "messenger-auth:answer:";
/// Where a login waits while the page is away, by state.
const TRANSACTION: &str = "messenger-auth:transaction:";

/// Hears what `authWindow.html` hands over, from one window or frame, for one login.
pub(crate) struct Answers {
    heard: Rc<Heard>,
    channel: Option<Channel>,
    _listener: Listener,
}

/// An address that the redirect window was given.
pub(crate) struct Answer {
    pub(crate) url: String,
    /// The message that brought it; none when it came by the channel.
    message: Option<Message>,
}

/// What has been heard and not taken up yet.
#[derive(Default)]
struct Heard {
    answers: RefCell<Vec<Answer>>,
    bell: Bell,
}

impl Heard {
    fn push(&self, url: String, message: Option<Message>) {
        self.answers.borrow_mut().push(Answer { url, message });
        self.bell.ring();
    }
}

impl Answers {
    /// Listens to the window `source` at the redirect URI's origin, and on the channel of
    /// `state`: the one reaches us from a window, the other also when it was severed from us.
    pub(crate) fn listen(state: &str, redirect_uri: &str, source: JsValue) -> Self {
        let heard = Rc::new(Heard::default());
        let origin = page::origin_of(redirect_uri);
        let by_message = Rc::clone(&heard);
        let by_channel = Rc::clone(&heard);
        let listener = Listener::new(move |message| {
            if message.source != source || Some(&message.origin) != origin.as_ref() {
                return;
            }
            if let Some(url) = answer_in(&message.data) {
                by_message.push(url, Some(message));
            }
        });
        let channel = Channel::open(&["messenger-auth:", state].concat(), move |data| {
            if let Some(url) = answer_in(&data) {
                by_channel.push(url, None);
            }
        });
        Self {
            heard,
            channel,
            _listener: listener,
        }
    }

    /// The next answer, whoever gave it: its state is for the protocol to check. None when
    /// `sign` comes first.
    pub(crate) async fn next_before(
        &self,
        mut sign: Work<'_>,
        deadline: Deadline,
        waiting_for: &str,
    ) -> Result<Option<Answer>, Error> {
        let mut answer = None;
        let next = self.heard.bell.until(|| {
            let mut answers = self.heard.answers.borrow_mut();
            (!answers.is_empty()).then(|| answers.remove(0))
        });
        let heard = Box::pin(async {
            race(pin!(async { answer = Some(next.await) }), sign.as_mut()).await;
            Ok(())
        });
        deadline.limit(waiting_for, heard).await?;
        Ok(answer)
    }

    /// Tells the redirect window that it may close.
    pub(crate) fn acknowledge(&self, answer: &Answer) {
        let received = Object::new();
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&received, &"messengerAuth".into(), &"received".into());
        match (&answer.message, &self.channel) {
            (Some(message), _) => message::post(&message.source, &received, &message.origin),
            (None, Some(channel)) => channel.post(&received),
            (None, None) => {}
        }
    }
}

fn answer_in(data: &JsValue) -> Option<String> {
    if !data.is_object() || json::text_member(data, "messengerAuth")? != "answer" {
        return None;
    }
    json::text_member(data, "url")
}

/// Refuses a redirect window that cannot lead back: one of another origin sees nothing of what
/// this page remembers for the way.
pub(crate) fn check_way_back(redirect_uri: &str) -> Result<(), Error> {
    if page::is_own_origin(redirect_uri) {
        return Ok(());
    }
    Err(Error::bad_option(
        "redirectUri",
        "must be on the page's own origin where the whole page leaves to sign in",
    ))
}

/// Leaves the page for `url`, with everything that is needed to come back.
pub(crate) fn leave(tab: &Store, transaction: &Transaction, url: &str) -> Result<(), Error> {
    if !tab.is_durable() {
        return Err(Fault::StorageUnavailable.into());
    }
    let state = transaction.state();
    let kept = json::to_text(&transaction.to_json()).ok_or(Fault::Crashed)?;
    tab.set(&[TRANSACTION, state].concat(), &kept)
        .and_then(|()| tab.set(&[RETURN, state].concat(), &page::href()))
        .map_err(|_| {
            forget(tab, state);
            Fault::StorageUnavailable
        })?;
    page::navigate(url);
    Ok(())
}

/// What `authWindow.html` left for this page, if the page has just come back: the answer,
/// and the login that it belongs to. Takes both away, and whatever has been waiting too long.
pub(crate) fn returned(tab: &Store, now: Timestamp) -> Option<(String, Option<Transaction>)> {
    sweep(tab, now);
    let keys = tab.keys(ANSWER);
    let is_awaited = |key: &&String| {
        let state = state_in(key, ANSWER);
        tab.get(&[TRANSACTION, state].concat()).is_some()
    };
    let answer = keys.iter().find(is_awaited).or(keys.first())?;
    let state = state_in(answer, ANSWER);
    let url = tab.get(answer)?;
    let transaction = waiting(tab, &[TRANSACTION, state].concat());
    forget(tab, state);
    for key in &keys {
        tab.remove(key);
    }
    Some((url, transaction))
}

/// Whether anything waits for an answer.
pub(crate) fn is_awaited(tab: &Store) -> bool {
    !tab.keys(TRANSACTION).is_empty()
}

/// Takes away whatever has been waiting too long.
pub(crate) fn sweep(tab: &Store, now: Timestamp) {
    for key in tab.keys(TRANSACTION) {
        if waiting(tab, &key).is_none_or(|transaction| transaction.is_stale(now)) {
            forget(tab, state_in(&key, TRANSACTION));
        }
    }
}

fn state_in<'a>(key: &'a str, prefix: &str) -> &'a str {
    key.strip_prefix(prefix).unwrap_or_default()
}

fn waiting(tab: &Store, key: &str) -> Option<Transaction> {
    Transaction::from_json(&protocol::json::read(tab.get(key)?.as_bytes())?)
}

fn forget(tab: &Store, state: &str) {
    for prefix in [TRANSACTION, RETURN] {
        tab.remove(&[prefix, state].concat());
    }
}
