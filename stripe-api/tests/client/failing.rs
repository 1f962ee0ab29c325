use std::num::NonZeroU32;
use std::time::Duration;

use simulator::histories::Kind;
use simulator::stripe_api::{ApiServer, Fault};
use stripe_api::{ApiError, ApiSettings, Call, List, Resource, RetryPolicy, StripeApi};

use crate::{client, last, settings, with_history};

#[tokio::test]
async fn a_call_outlives_errors_that_pass_and_broken_answers() {
    let (server, api, history) = with_history(Kind::Card).await;
    let expected = last(&history, "payment_intent");
    for fault in [Fault::ServerError, Fault::CutOff, Fault::RateLimited { retry_after: None }] {
        let before = server.requests().len();
        server.fail_next(3, fault);
        let id = expected["id"].as_str().unwrap();
        let found = api.retrieve(Resource::PaymentIntent, id, &Call::default()).await;
        assert_eq!(found.unwrap().object, expected, "{fault:?}");
        assert_eq!(server.requests().len() - before, 4, "{fault:?}");
    }
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_made_again() {
    let server = ApiServer::open().await.unwrap();
    let history = simulator::histories::write(11, 3, &[Kind::Card]);
    server.add_history(&history);
    let api = client(&server, Duration::from_millis(500));
    server.fail_next(1, Fault::Slow(Duration::from_secs(60)));
    let expected = last(&history, "charge");
    let found = api.retrieve(Resource::Charge, expected["id"].as_str().unwrap(), &Call::default()).await;
    assert_eq!(found.unwrap().object, expected);
}

#[tokio::test]
async fn a_list_that_fails_in_the_middle_is_still_whole() {
    let (server, api, history) = with_history(Kind::Retries).await;
    let list = List::new(Resource::Event).page_size(1);
    let call = Call::default();
    api.page(&list, &call).await.unwrap();
    for fault in [Fault::ServerError, Fault::CutOff, Fault::ServerError] {
        server.fail_next(1, fault);
    }
    assert_eq!(api.all(list, call).await.unwrap().len(), history.events.len());
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    let (server, api, _) = with_history(Kind::Card).await;
    let missing = api.retrieve(Resource::PaymentIntent, "pi_none", &Call::default()).await.unwrap_err();
    assert!(matches!(missing, ApiError::NotFound { .. }) && missing.request_id().is_some(), "{missing:?}");
    let filtered = List::new(Resource::Event).starting_after("evt_none");
    assert!(matches!(api.page(&filtered, &Call::default()).await, Err(ApiError::NotFound { .. })));
    server.set_key("sk_test_another");
    let refused = api.retrieve(Resource::PaymentIntent, "pi_none", &Call::default()).await.unwrap_err();
    assert!(matches!(refused, ApiError::Unauthorized { status: 401, .. }), "{refused:?}");
    assert_eq!(server.requests().len(), 3);
    assert!(!format!("{refused:?} {refused} {api:?}").contains("hunter2"), "the key is in no text");
}

#[tokio::test]
async fn a_prompt_caller_learns_at_once_how_long_stripe_asks_to_wait() {
    let (server, api, _) = with_history(Kind::Card).await;
    let prompt = api.with_policy(RetryPolicy::PROMPT);
    server.fail_next(5, Fault::RateLimited { retry_after: Some(30) });
    let error = prompt.retrieve(Resource::PaymentIntent, "pi_1", &Call::default()).await.unwrap_err();
    assert!(matches!(error, ApiError::RateLimited { .. }), "{error:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_stripe_that_cannot_be_reached_is_unavailable() {
    let server = ApiServer::open().await.unwrap();
    let api = client(&server, Duration::from_secs(5)).with_policy(RetryPolicy::PROMPT);
    drop(server);
    let error = api.retrieve(Resource::PaymentIntent, "pi_1", &Call::default()).await.unwrap_err();
    assert!(matches!(error, ApiError::Unavailable { status: None, source: Some(_), .. }), "{error:?}");
    let text = service::error::chain(&error);
    assert!(!text.contains("pi_1") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn who_cannot_wait_for_the_rate_of_the_process_learns_when_to_ask_again() {
    let (server, _, history) = with_history(Kind::Card).await;
    let settings = ApiSettings { rate: NonZeroU32::MIN, ..settings(&server, Duration::from_secs(20)) };
    let api = StripeApi::new(&settings).unwrap();
    let hurried = RetryPolicy { longest_queue: Duration::from_millis(1), ..RetryPolicy::PROMPT };
    let id = last(&history, "charge")["id"].as_str().unwrap().to_owned();
    let call = Call::default();
    assert!(api.retrieve(Resource::Charge, &id, &call).await.is_ok());
    let error = api.with_policy(hurried).retrieve(Resource::Charge, &id, &call).await.unwrap_err();
    assert!(matches!(error, ApiError::RateLimited { retry_after: Some(_), .. }), "{error:?}");
    assert!(api.retrieve(Resource::Charge, &id, &call).await.is_ok(), "a patient one waits");
    assert_eq!(server.requests().len(), 2);
}
