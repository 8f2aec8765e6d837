//! The answer of the authorization endpoint, as the redirect window was given it
//! (RFC 6749 4.1.2 and 4.2.2, RFC 9207).
//!
//! Read by the flow that was asked for: a code stands in the query, tokens stand in the
//! fragment, and nothing counts anywhere else.

use crate::{
    Error,
    client::ResponseType,
    error::Flaw,
    http::MAX_BODY,
    issuer::{Issuer, Kind},
    part::cut,
    percent,
    secret::Secret,
    token,
};

/// An answer that bears the right `state`.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The `iss` parameter.
    pub(crate) iss: Option<String>,
    pub(crate) outcome: Outcome,
}

#[derive(Debug)]
pub(crate) enum Outcome {
    Refused {
        error: String,
        description: Option<String>,
    },
    Code(Secret),
    Tokens(token::Answer),
}

/// The parameters that mean something. None may come twice, in query and fragment together.
const KNOWN: [&str; 11] = [
    "access_token",
    "code",
    "error",
    "error_description",
    "expires_in",
    "id_token",
    "iss",
    "refresh_token",
    "scope",
    "state",
    "token_type",
];

/// Reads the address that the redirect window was given. `state-mismatch` means that the
/// answer is not this login's; every other error is.
pub(crate) fn read(
    url: &str,
    state: &str,
    response_type: ResponseType,
    issuer: &Issuer,
) -> Result<Answer, Error> {
    let (rest, fragment) = cut(url, b'#').unwrap_or((url, ""));
    let query = cut(rest, b'?').map_or("", |(_, query)| query);
    let (mut query, mut fragment) = (Params::read(query), Params::read(fragment));
    check_state(&query, &fragment, state)?;
    if url.len() > MAX_BODY {
        return Err(malformed("it is too long"));
    }
    if query.is_broken || fragment.is_broken {
        return Err(malformed("its percent-encoding is broken"));
    }
    if let Kind::PowerPages(_) = issuer.kind() {
        query.rename("token", "access_token");
        fragment.rename("token", "access_token");
    }
    for name in KNOWN {
        if query.count(name) + fragment.count(name) > 1 {
            return Err(malformed(&[name, " stands in it twice"].concat()));
        }
    }
    // Genesys's login pages have been seen to encode what was encoded already.
    if matches!(issuer.kind(), Kind::GenesysCloud(_)) {
        query.decode_again();
        fragment.decode_again();
    }

    let code = query.take("code");
    if fragment.count("code") > 0 {
        return Err(malformed("a code stands behind #"));
    }
    if code.is_some() && response_type != ResponseType::Code {
        return Err(malformed("it has a code, and none was asked for"));
    }
    for name in ["access_token", "id_token", "refresh_token"] {
        if query.count(name) > 0 {
            return Err(malformed("a token stands in its query"));
        }
    }
    let access_token = fragment.take("access_token");
    let id_token = fragment.take("id_token");
    if access_token.is_some() && !response_type.has_access_token()
        || id_token.is_some() && !response_type.has_id_token()
    {
        return Err(malformed("it has a token that was not asked for"));
    }

    let iss = query.take("iss").or_else(|| fragment.take("iss"));
    let error = query.take("error").or_else(|| fragment.take("error"));
    let outcome = if let Some(error) = error {
        if code.is_some() || access_token.is_some() || id_token.is_some() {
            return Err(malformed("it has an error and a result together"));
        }
        let description = query
            .take("error_description")
            .or_else(|| fragment.take("error_description"));
        Outcome::Refused { error, description }
    } else if response_type == ResponseType::Code {
        match code {
            Some(code) if !code.is_empty() => Outcome::Code(Secret::new(code)),
            _ => return Err(malformed("it has no code")),
        }
    } else {
        Outcome::Tokens(tokens(
            &mut fragment,
            access_token,
            id_token,
            response_type,
            issuer,
        )?)
    };
    Ok(Answer { iss, outcome })
}

fn tokens(
    fragment: &mut Params,
    access_token: Option<String>,
    id_token: Option<String>,
    response_type: ResponseType,
    issuer: &Issuer,
) -> Result<token::Answer, Error> {
    if access_token.is_none() && response_type.has_access_token() {
        return Err(malformed("it has no access_token"));
    }
    let mut expires_in = None;
    if let Some(token) = &access_token {
        token::check_access_token(token, fragment.take("token_type").as_deref(), issuer)?;
        expires_in = match fragment.take("expires_in") {
            Some(digits) => Some(token::lifetime_in_text(&digits)?),
            None => None,
        };
    }
    Ok(token::Answer {
        access_token: access_token.map(Secret::new),
        expires_in,
        id_token: id_token.map(Secret::new),
        refresh_token: None,
        scope: fragment.take("scope"),
    })
}

fn check_state(query: &Params, fragment: &Params, expected: &str) -> Result<(), Error> {
    let mut is_ours = None;
    for (name, value) in query.pairs.iter().chain(&fragment.pairs) {
        if name == "state" {
            is_ours = Some(is_ours != Some(false) && same(value, expected));
        }
    }
    if is_ours == Some(true) {
        return Ok(());
    }
    Err(Error::untrusted(
        Flaw::StateMismatch,
        "the answer does not bear this login's state",
    ))
}

/// Compares without telling by its duration where the difference lies.
fn same(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left
            .bytes()
            .zip(right.bytes())
            .fold(0, |different, (left, right)| different | (left ^ right))
            == 0
}

fn malformed(why: &str) -> Error {
    Error::untrusted(
        Flaw::ResponseMalformed,
        ["the answer in the redirect window does not hold: ", why].concat(),
    )
}

struct Params {
    pairs: Vec<(String, String)>,
    /// Whether there are others, with broken escapes.
    is_broken: bool,
}

impl Params {
    fn read(text: &str) -> Self {
        let mut params = Self {
            pairs: Vec::new(),
            is_broken: false,
        };
        for pair in percent::decode_pairs(text) {
            match pair {
                Some(pair) => params.pairs.push(pair),
                None => params.is_broken = true,
            }
        }
        params
    }

    fn count(&self, name: &str) -> usize {
        self.pairs.iter().filter(|(other, _)| other == name).count()
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(other, _)| other == name)?;
        Some(self.pairs.swap_remove(at).1)
    }

    fn rename(&mut self, from: &str, to: &str) {
        for (name, _) in &mut self.pairs {
            if name == from {
                to.clone_into(name);
            }
        }
    }

    fn decode_again(&mut self) {
        for (_, value) in &mut self.pairs {
            *value = percent::decode_again(core::mem::take(value));
        }
    }
}
