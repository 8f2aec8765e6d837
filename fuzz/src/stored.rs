//! What the browser's storage gives back: a session, or a login under way.

use std::sync::Arc;

use protocol::{
    json::{self, Value},
    login::{self, Transaction},
    session::{Session, TokenKind},
    time::Timestamp,
};

use crate::{
    ACCEPTED, NONE, Verdict,
    login::{REDIRECT, now},
    refused,
};

pub(crate) fn check(input: &[u8]) -> Verdict {
    let Some(kept) = json::read(input) else {
        return NONE;
    };
    match (Session::from_json(&kept), Transaction::from_json(&kept)) {
        (Some(session), _) => check_session(&session),
        (None, Some(transaction)) => check_transaction(&Arc::new(transaction)),
        (None, None) => return "refused",
    }
    ACCEPTED
}

fn check_session(session: &Session) {
    assert_eq!(
        Session::from_json(&session.to_json()).as_ref(),
        Some(session)
    );
    let read = Session::from_json(&through_text(&session.to_json()));
    assert!(read.is_some_and(|read| read.subject() == session.subject()));
    for kind in [TokenKind::IdToken, TokenKind::AccessToken] {
        let end = session.expires_at(Some(kind));
        assert!(
            session.token(kind, 0, end).is_none(),
            "a token past its end"
        );
        assert!(
            session.token(kind, u32::MAX, now()).is_none() || end > now().plus_seconds(1 << 31)
        );
        // Long after its arrival: a token of the future is to be renewed at once.
        let late = Timestamp::from_millis(i64::MAX);
        let received = session.renew_at(kind, 0.0, late);
        for share in [-1.0, 0.75, 1.0, f64::INFINITY, f64::NAN] {
            let renewal = session.renew_at(kind, share, late);
            // A share of all the time there is, is not exact.
            let exact = [received, end]
                .iter()
                .all(|at| at.as_millis().unsigned_abs() < 1 << 52);
            assert!(!exact || !session.outlives(kind, 0) || (received..=end).contains(&renewal));
        }
    }
    assert!(!session.clone().without_refresh_token().can_refresh());
}

fn check_transaction(transaction: &Arc<Transaction>) {
    let again = Transaction::from_json(&through_text(&transaction.to_json()));
    assert_eq!(again.map(Arc::new).as_ref(), Some(transaction));
    for answer in [
        "?code=c0de&state=",
        "?error=access_denied&state=",
        "#id_token=a.b.c&state=",
    ] {
        let url = [REDIRECT, answer, transaction.state()].concat();
        if let Err(error) = login::complete(transaction, &url, now()) {
            refused(&error, &["c0de"]);
        }
    }
}

/// Numbers that are no integers come back a trifle different.
fn through_text(value: &Value) -> Value {
    json::read(value.to_string().as_bytes()).expect("what was written can be read")
}
