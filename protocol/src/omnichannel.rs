//! The JWT that Dynamics 365 Omnichannel takes from a page.
//!
//! Its signature is checked there. Here is only said what it would be refused for.

use crate::{
    json::{self, Map, Value},
    secret::Secret,
    site_token,
};

/// What Dynamics would refuse this token for, each as one sentence for the site's developer.
#[must_use]
pub fn objections(token: &Secret) -> Vec<&'static str> {
    let Some((header, claims)) = site_token::look_inside(token.expose()) else {
        return vec!["Dynamics takes a JWT, and what is handed over is not one."];
    };
    let mut objections = Vec::new();
    let mut object = |holds: bool, objection| {
        if !holds {
            objections.push(objection);
        }
    };
    object(
        header.text("alg") == Some("RS256"),
        "Dynamics takes JWTs signed with RS256 only; this one has another alg.",
    );
    object(
        has_text(&claims, "iss"),
        "Dynamics needs the claim iss in the JWT, a text.",
    );
    object(
        has_text(&claims, "sub"),
        "Dynamics needs the claim sub in the JWT, a text.",
    );
    object(
        has_time(&claims, "iat"),
        "Dynamics needs the claim iat in the JWT, in seconds since 1970.",
    );
    object(
        has_time(&claims, "exp"),
        "Dynamics needs the claim exp in the JWT, in seconds since 1970.",
    );
    object(
        claims.get("lwicontexts").is_none_or(is_context),
        "Dynamics needs the claim lwicontexts as a text: a JSON object of texts, numbers and booleans.",
    );
    objections
}

fn has_text(claims: &Map, name: &str) -> bool {
    claims.text(name).is_some_and(|text| !text.is_empty())
}

/// In seconds: as many milliseconds would be the year 5138.
fn has_time(claims: &Map, name: &str) -> bool {
    let seconds = claims.get(name).and_then(Value::as_f64);
    seconds.is_some_and(|seconds| (0.0..1e11).contains(&seconds))
}

/// An object of primitives, itself written as text.
fn is_context(claim: &Value) -> bool {
    let read = claim.as_str().and_then(|text| json::read(text.as_bytes()));
    let members = read.as_ref().and_then(Value::as_object);
    members.is_some_and(|members| {
        members
            .iter()
            .all(|(_, value)| !matches!(value, Value::Object(_) | Value::Array(_)))
    })
}

#[cfg(test)]
mod tests {
    use crate::json::json;
    use base64ct::{Base64UrlUnpadded, Encoding};

    use super::*;

    fn jwt(header: &Value, claims: &Value) -> Secret {
        let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        Secret::new([&part(header), ".", &part(claims), ".c2ln"].concat())
    }

    fn with(more: &Value) -> Vec<&'static str> {
        let claims = json!({ "iss": "https://www.example.com", "sub": "a", "iat": 1, "exp": 2 });
        objections(&jwt(&json!({ "alg": "RS256" }), &claims.with(more)))
    }

    #[test]
    fn what_microsofts_example_has_is_taken() {
        assert!(with(&json!({})).is_empty());
        let contexts = r#"{"msdyn_cartvalue":"10000","msdyn_isvip":"false","n":1,"b":true}"#;
        assert!(with(&json!({ "lwicontexts": contexts })).is_empty());
    }

    #[test]
    fn each_fault_has_its_sentence() {
        for (claims, word) in [
            (json!({ "iss": "" }), "iss"),
            (json!({ "sub": 7 }), "sub"),
            (json!({ "iat": "1" }), "iat"),
            (json!({ "exp": null }), "exp"),
            (json!({ "exp": 1_700_000_000_000_i64 }), "exp"),
            (json!({ "lwicontexts": { "a": "b" } }), "lwicontexts"),
            (json!({ "lwicontexts": r#"{"a":{}}"# }), "lwicontexts"),
            (json!({ "lwicontexts": "[]" }), "lwicontexts"),
            (json!({ "lwicontexts": "no JSON" }), "lwicontexts"),
        ] {
            let objections = with(&claims);
            assert_eq!(objections.len(), 1, "{claims}");
            assert!(objections[0].contains(word), "{claims}: {objections:?}");
        }
        let claims = json!({ "iss": "i", "sub": "s", "iat": 1, "exp": 2 });
        assert!(objections(&jwt(&json!({ "alg": "ES256" }), &claims))[0].contains("RS256"));
        assert!(objections(&Secret::new("code-123".to_owned()))[0].contains("not one"));
    }
}
