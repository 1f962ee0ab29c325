//! A caller of the API.

use serde_json::Value;
use ureq::Agent;

/// The API with one token.
#[derive(Clone)]
pub struct Api {
    agent: Agent,
    url: String,
    token: Option<String>,
}

impl Api {
    pub fn new(url: &str, token: Option<&str>) -> Api {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Api { agent: config.into(), url: url.to_owned(), token: token.map(str::to_owned) }
    }

    /// Any request: status, headers, body.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (u16, ureq::http::HeaderMap, String) {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_vec()).expect("a request");
        let config = self.agent.configure_request(request).allow_non_standard_methods(true).build();
        let mut response = self.agent.run(config).expect("an answer");
        let text = response.body_mut().read_to_string().expect("text");
        (response.status().as_u16(), response.headers().clone(), text)
    }

    fn json(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let sent = body.map(|b| b.to_string().into_bytes()).unwrap_or_default();
        let headers: &[(&str, &str)] =
            if body.is_some() { &[("content-type", "application/json")] } else { &[] };
        let (status, _, text) = self.send(method, path, headers, &sent);
        let value = serde_json::from_str(&text)
            .unwrap_or_else(|e| panic!("{method} {path}: {status}, not JSON ({e}): {text}"));
        (status, value)
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.json("GET", path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.json("POST", path, Some(body))
    }

    pub fn patch(&self, path: &str, body: &Value) -> (u16, Value) {
        self.json("PATCH", path, Some(body))
    }

    /// The body of an answer that must be 200.
    pub fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Must be this error.
    pub fn refused(&self, answer: (u16, Value), status: u16, code: &str) -> String {
        assert_eq!((answer.0, answer.1["error"]["code"].as_str()), (status, Some(code)), "{}", answer.1);
        answer.1["error"]["message"].as_str().expect("a message").to_owned()
    }
}
