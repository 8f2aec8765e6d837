//! Sign-out at the issuer: revocation (RFC 7009), then RP-initiated logout.

use crate::{
    Error,
    address::Address,
    client::Client,
    discovery,
    http::{Body, Request, Reuse},
    issuer::{GenesysCloud, Issuer, Kind},
    percent,
    secret::Secret,
    session::{Session, TokenKind},
    step::{Next, Step},
    time::Timestamp,
};

/// Where the page goes after the local session has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Departure {
    /// Nowhere: the issuer has no sign-out page.
    Stay,
    /// A plain navigation.
    Navigate(String),
    /// A form post, so that no `id_token_hint` stands in an address.
    Post {
        /// The end-session endpoint.
        url: String,
        /// Form fields.
        fields: Vec<(&'static str, Secret)>,
    },
}

/// Revokes what can be revoked (a failure there stops nothing), then says where to go. Without
/// a session, for a person whose tokens only the host has.
pub fn begin(
    client: &Client,
    issuer: &Issuer,
    session: Option<&Session>,
    post_logout_redirect_uri: Option<&str>,
    now: Timestamp,
) -> Next<Departure> {
    if post_logout_redirect_uri.is_some_and(|uri| Address::parse(uri).is_none()) {
        return Err(Error::bad_option(
            "postLogoutRedirectUri",
            "must be a whole https: address (http: on localhost only)",
        ));
    }
    if let Kind::GenesysCloud(genesys) = issuer.kind() {
        return Ok(at_genesys_cloud(
            client,
            genesys,
            session,
            post_logout_redirect_uri,
        ));
    }
    if issuer.keeps_session() || matches!(issuer.kind(), Kind::Finesse(_)) {
        return Ok(Step::Done(Departure::Stay));
    }
    let (client_id, session) = (client.client_id.clone(), session.cloned());
    let post_logout_redirect_uri = post_logout_redirect_uri.map(str::to_owned);
    discovery::metadata(issuer)?.and_then(now, move |metadata, _| {
        let revocation = metadata
            .revocation_endpoint
            .as_deref()
            .zip(session.as_ref())
            .and_then(|(url, session)| revocation(url, &client_id, session));
        let departure = metadata
            .end_session_endpoint
            .clone()
            .map_or(Departure::Stay, |url| {
                let session = session.as_ref();
                let hint = session.and_then(|session| session.last(TokenKind::IdToken).cloned());
                let back = post_logout_redirect_uri.map(Secret::new);
                let mut fields = Vec::new();
                if let Some(hint) = hint {
                    fields.push(("id_token_hint", hint));
                }
                fields.push(("client_id", Secret::new(client_id)));
                if let Some(back) = back {
                    fields.push(("post_logout_redirect_uri", back));
                }
                Departure::Post { url, fields }
            });
        Ok(after(revocation, departure))
    })
}

fn at_genesys_cloud(
    client: &Client,
    genesys: &GenesysCloud,
    session: Option<&Session>,
    redirect_uri: Option<&str>,
) -> Step<Departure> {
    let token = session.and_then(|session| session.last(TokenKind::AccessToken));
    let revocation = token.map(|token| Request {
        body: Body::Delete,
        bearer: Some(token.clone()),
        reuse: Reuse::Never,
        ..Request::document(&genesys.api_address("/api/v2/tokens/me"))
    });
    let mut fields = vec![("client_id", client.client_id.as_str())];
    if let Some(uri) = redirect_uri {
        fields.push(("redirect_uri", uri));
    }
    let query = percent::encode_pairs(fields);
    let page = percent::append_query(&genesys.login_address("/logout"), &query);
    after(revocation, Departure::Navigate(page))
}

/// The refresh token, with which the access token goes too (RFC 7009 2.1); else the access token.
fn revocation(url: &str, client_id: &str, session: &Session) -> Option<Request> {
    let refresh_token = session
        .refresh_token()
        .map(|token| (token, "refresh_token"));
    let access_token = session
        .last(TokenKind::AccessToken)
        .map(|token| (token, "access_token"));
    let (token, kind) = refresh_token.or(access_token)?;
    Some(Request::form(
        url,
        vec![
            ("token", token.expose()),
            ("token_type_hint", kind),
            ("client_id", client_id),
        ],
    ))
}

fn after(revocation: Option<Request>, departure: Departure) -> Step<Departure> {
    match revocation {
        Some(request) => Step::fetch(request, |_, _| Ok(Step::Done(departure))),
        None => Step::Done(departure),
    }
}
