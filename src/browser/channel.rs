//! A channel between the windows of one origin (`BroadcastChannel`).

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, Event, MessageEvent};

use super::event::Listener;

/// An open channel, closed when dropped.
pub(crate) struct Channel {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl Channel {
    /// Joins the channel of this name, and calls back for what the others post. None where the
    /// browser has no channels, or forbids them.
    pub(crate) fn open(name: &str, mut callback: impl FnMut(JsValue) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Listener::on(&channel, "message", move |event: Event| {
            callback(event.unchecked_into::<MessageEvent>().data());
        });
        Some(Self {
            channel,
            _listener: listener,
        })
    }

    /// Posts to all others on the channel.
    pub(crate) fn post(&self, data: &JsValue) {
        // Fails only for what cannot be cloned.
        let _ = self.channel.post_message(data);
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
