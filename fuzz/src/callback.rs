//! The answer of the authorization endpoint: everything behind the redirect URI. The first byte
//! says what was asked for.

use protocol::{
    client::ResponseType,
    http::Body,
    login::{self, Login},
    step::Step,
};

use crate::{
    ACCEPTED, NONE, Verdict,
    json::members,
    login::{End, NONCE, REDIRECT, STATE, begun, check_claims, client, drive, pairs},
    refused,
};

pub(crate) fn check(input: &[u8]) -> Verdict {
    let Some((asked, answer)) = input.split_first() else {
        return NONE;
    };
    let Ok(answer) = core::str::from_utf8(answer) else {
        return NONE;
    };
    let (issuer, response_type) = match asked {
        b'i' => (crate::login::issuer(), ResponseType::IdToken),
        b'b' => (crate::login::issuer(), ResponseType::IdTokenToken),
        b't' => (crate::login::issuer(), ResponseType::Token),
        b'g' => (crate::login::genesys_cloud(), ResponseType::Code),
        b'h' => (crate::login::genesys_cloud(), ResponseType::Token),
        _ => (crate::login::issuer(), ResponseType::Code),
    };
    let is_genesys = !issuer.issues_id_tokens();
    let redirect = begun(&client(response_type, &issuer), &issuer);
    let url = [REDIRECT, answer].concat();
    let answer = Answer::read(&url);
    let next = login::complete(&redirect.transaction, &url, crate::login::now());

    let verdict = match next {
        Ok(Step::Fetch(request, _)) if response_type == ResponseType::Code => {
            let Body::Form(form) = &request.body else {
                panic!("a code is redeemed with a form");
            };
            let form = pairs(form.expose());
            let sent = form.iter().find(|(name, _)| name == "code");
            let (_, sent) = sent.expect("a form with the code");
            // Genesys's answers are decoded twice.
            assert!(is_genesys || answer.query("code") == [sent.as_str()]);
            assert!(form.iter().any(|(name, _)| name == "code_verifier"));
            ACCEPTED
        }
        Ok(Step::Done(Login::Code(_))) => panic!("the code is to be redeemed here"),
        next => match drive(next, |request| panic!("asked for {request:?}")) {
            Err(error) => refused(&error, &[]),
            Ok(End::Done(Login::SignedIn(session))) => {
                assert!(answer.query("access_token").is_empty());
                let given = |name| !answer.fragment(name).is_empty();
                assert_eq!(given("access_token"), response_type.has_access_token());
                assert_eq!(given("id_token"), response_type.has_id_token());
                if response_type.has_id_token() {
                    let claims = members(session.claims());
                    check_claims(&claims);
                    assert_eq!(claims["nonce"], NONCE);
                }
                ACCEPTED
            }
            Ok(_) => panic!("an answer ends a login"),
        },
    };
    if verdict != "state-mismatch" {
        let states = [answer.query("state"), answer.fragment("state")].concat();
        assert!(states.contains(&STATE), "another login's answer");
    }
    if verdict == ACCEPTED {
        assert!(answer.query("error").is_empty() && answer.fragment("error").is_empty());
        for name in [
            "state",
            "code",
            "access_token",
            "id_token",
            "iss",
            "token_type",
        ] {
            let times = answer.query(name).len() + answer.fragment(name).len();
            assert!(times <= 1, "{name} stands in it {times} times");
        }
    }
    verdict
}

struct Answer {
    query: Vec<(String, String)>,
    fragment: Vec<(String, String)>,
}

impl Answer {
    fn read(url: &str) -> Self {
        let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
        let (_, query) = rest.split_once('?').unwrap_or((rest, ""));
        Self {
            query: pairs(query),
            fragment: pairs(fragment),
        }
    }

    fn query(&self, name: &str) -> Vec<&str> {
        values(&self.query, name)
    }

    fn fragment(&self, name: &str) -> Vec<&str> {
        values(&self.fragment, name)
    }
}

fn values<'a>(pairs: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let named = pairs.iter().filter(|(other, _)| other == name);
    named.map(|(_, value)| value.as_str()).collect()
}
