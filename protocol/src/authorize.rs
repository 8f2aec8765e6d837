//! The authorize request (RFC 6749 4.1.1 and 4.2.1, OpenID Connect Core 3.1.2.1, RFC 7636 4.3).

use crate::{
    client::Client,
    decimal,
    issuer::{Issuer, Kind},
    login::{Intent, Interaction},
    percent,
};

/// What makes this request differ from every other.
pub(crate) struct Once<'a> {
    pub(crate) state: &'a str,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) challenge: Option<&'a str>,
}

/// The address that asks for a login.
pub(crate) fn url(
    endpoint: &str,
    client: &Client,
    issuer: &Issuer,
    intent: &Intent,
    once: &Once<'_>,
) -> String {
    let max_age = client.max_age.map(|seconds| decimal::print(seconds.into()));
    let prompt = match &intent.interaction {
        Interaction::None => Some("none"),
        Interaction::Allowed { prompt } => prompt.as_deref(),
    };
    let (own_params, own_hint) = match issuer.kind() {
        Kind::GenesysCloud(genesys) => (genesys.authorize_params(), genesys.login_hint()),
        _ => (Vec::new(), None),
    };

    let mut params = vec![
        ("client_id", client.client_id.as_str()),
        ("redirect_uri", &client.redirect_uri),
        ("response_type", client.response_type.as_str()),
        ("state", once.state),
    ];
    let scope = Some(client.scope.as_str()).filter(|scope| !scope.is_empty());
    let optional = [
        ("scope", scope),
        ("nonce", once.nonce),
        ("code_challenge", once.challenge),
        ("code_challenge_method", once.challenge.map(|_| "S256")),
        ("max_age", max_age.as_deref()),
        ("prompt", prompt),
        ("login_hint", intent.login_hint.as_deref()),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            params.push((name, value));
        }
    }
    params.extend(own_params);
    // What this one login asks for goes before what the site always asks for.
    for (name, value) in &client.extra_params {
        offer(&mut params, name, value);
    }
    if let Some(hint) = own_hint {
        offer(&mut params, "login_hint", hint);
    }
    percent::append_query(endpoint, &percent::encode_pairs(params))
}

/// Adds a parameter, unless there is one of its name.
fn offer<'a>(params: &mut Vec<(&'a str, &'a str)>, name: &'a str, value: &'a str) {
    if params.iter().all(|(taken, _)| *taken != name) {
        params.push((name, value));
    }
}
