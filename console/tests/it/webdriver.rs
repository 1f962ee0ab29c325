//! A browser: headless Chromium, driven through ChromeDriver's HTTP interface.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

use crate::harness::PATIENCE;

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub struct Chromium {
    driver: Child,
    agent: Agent,
    session: String,
    site: String,
    /// Chromium leaves folders in the one for temporary files.
    leavings: PathBuf,
}

/// Ends with the test, and takes its browser along.
impl Drop for Chromium {
    fn drop(&mut self) {
        drop(self.agent.delete(&self.session).call());
        drop(self.driver.kill());
        drop(self.driver.wait());
        drop(std::fs::remove_dir_all(&self.leavings));
    }
}

impl Chromium {
    /// A new window on this site.
    pub fn open(site: &str, width: u32, height: u32) -> Chromium {
        let leavings =
            std::env::temp_dir().join(format!("sluicegate-browser-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&leavings).expect("a folder");
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", &leavings)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver: install the packages chromium and chromium-driver");
        let lines = BufReader::new(driver.stdout.take().expect("stdout")).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ").nth(1).map(|p| p.trim_end_matches('.').to_owned())
            })
            .expect("chromedriver's port");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            &format!("--window-size={width},{height}"),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments}, "unhandledPromptBehavior": "ignore", "goog:loggingPrefs": {"browser": "ALL"}}}});
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE * 2)).build();
        let agent = Agent::from(config);
        let base = format!("http://127.0.0.1:{port}/session");
        let mut answer = agent.post(&base).send_json(&wanted).expect("a session");
        let answer: Value = answer.body_mut().read_json().expect("JSON");
        let id = answer["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {answer}"));
        Chromium { driver, session: format!("{base}/{id}"), agent, site: site.to_owned(), leavings }
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let mut answer =
            self.agent.post(format!("{}{path}", self.session)).send_json(body).map_err(|e| e.to_string())?;
        let status = answer.status();
        let value: Value = answer.body_mut().read_json().map_err(|e| e.to_string())?;
        if status.is_success() { Ok(value["value"].clone()) } else { Err(value["value"].to_string()) }
    }

    pub fn go(&self, path: &str) {
        self.post("/url", &json!({"url": format!("{}{path}", self.site)})).expect("navigation");
    }

    /// Runs a script; what it returns.
    pub fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
            .unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// Waits until the script returns true.
    pub fn until(&self, what: &str, script: &str) {
        let begun = Instant::now();
        while self.post("/execute/sync", &json!({"script": script, "args": []})) != Ok(Value::Bool(true)) {
            assert!(begun.elapsed() < PATIENCE, "{what}: not on the page:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until the page shows these words.
    pub fn sees(&self, words: &str) {
        self.until(
            words,
            &format!("return document.body !== null && document.body.innerText.includes({})", json!(words)),
        );
    }

    pub fn text(&self) -> String {
        self.script("return document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    fn find(&self, xpath: &str) -> String {
        let begun = Instant::now();
        loop {
            let found = self.post("/element", &json!({"using": "xpath", "value": xpath}));
            if let Ok(element) = &found {
                return element[ELEMENT].as_str().expect("an element").to_owned();
            }
            assert!(begun.elapsed() < PATIENCE, "{xpath}: {found:?}\n{}", self.text());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Clicks a link or button by its words.
    pub fn click(&self, words: &str) {
        let element = self.find(&format!("//*[self::a or self::button][normalize-space()={}]", json!(words)));
        self.post(&format!("/element/{element}/click"), &json!({}))
            .unwrap_or_else(|e| panic!("{words}: {e}"));
    }

    /// Types into a field by its name, in place of what is there.
    pub fn fill(&self, name: &str, text: &str) {
        let element = self.find(&format!("//*[@name={}]", json!(name)));
        self.post(&format!("/element/{element}/clear"), &json!({})).expect("cleared");
        self.post(&format!("/element/{element}/value"), &json!({"text": text})).expect("typed");
    }

    /// Presses keys, wherever the focus is.
    pub fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
            })
            .collect();
        self.post("/actions", &json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}))
            .expect("keys");
    }

    pub fn dark(&self) {
        let media = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}});
        self.post("/goog/cdp/execute", &media).expect("dark");
    }

    /// Makes the reader's clock one of this zone.
    pub fn zone(&self, zone: &str) {
        let zone = json!({"cmd": "Emulation.setTimezoneOverride", "params": {"timezoneId": zone}});
        self.post("/goog/cdp/execute", &zone).expect("zone");
    }

    /// Makes the window as wide as a phone's.
    pub fn phone(&self, width: u32) {
        let metrics = json!({"cmd": "Emulation.setDeviceMetricsOverride",
            "params": {"width": width, "height": 844, "deviceScaleFactor": 2, "mobile": true}});
        self.post("/goog/cdp/execute", &metrics).expect("phone");
    }

    /// The whole page as a picture in target/screenshots.
    pub fn picture(&self, name: &str) {
        let shot = json!({"cmd": "Page.captureScreenshot", "params": {"captureBeyondViewport": true, "format": "png"}});
        let picture = self.post("/goog/cdp/execute", &shot).expect("a picture");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder).expect("target/screenshots");
        std::fs::write(folder.join(format!("{name}.png")), base64(picture["data"].as_str().expect("base64")))
            .expect("written");
    }

    /// What the browser complained of: scripts that were blocked, errors.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "browser"})).expect("the browser's log");
        let lines = log.as_array().cloned().unwrap_or_default();
        let messages = lines.iter().map(|line| line["message"].as_str().unwrap_or_default().to_owned());
        // A page that answers 4xx on purpose is no complaint.
        messages.filter(|message| !message.contains("Failed to load resource")).collect()
    }

    /// Nothing sticks out to the right.
    pub fn fits(&self, page: &str) {
        let wide =
            self.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert!(wide.as_i64().is_some_and(|n| n <= 0), "{page} is {wide} px too wide");
    }
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0);
    for digit in text.bytes().filter_map(|b| DIGITS.iter().position(|d| *d == b)) {
        bits = bits << 6 | u32::try_from(digit).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}
