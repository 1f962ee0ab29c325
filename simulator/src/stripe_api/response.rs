//! An answer as HTTP; or half of it, where the connection is to break.

use std::io;

use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};

use super::answer::Answer;

pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

pub(super) fn response(answer: &Answer, cut: bool, headers: [(&str, Option<String>); 3]) -> Response<Body> {
    let bytes = Bytes::from(answer.body.to_string());
    let mut response = Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, "application/json")
        .header(CONTENT_LENGTH, bytes.len());
    if let Some(seconds) = answer.retry_after {
        response = response.header(RETRY_AFTER, seconds);
    }
    for (name, value) in headers {
        if let Some(value) = value {
            response = response.header(name, value);
        }
    }
    let body: Body = if cut {
        let half = bytes.slice(..bytes.len() / 2);
        let frames = [Ok(Frame::data(half)), Err(io::Error::other("cut off on purpose"))];
        StreamBody::new(stream::iter(frames)).boxed_unsync()
    } else {
        Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
    };
    response.body(body).unwrap_or_default()
}
