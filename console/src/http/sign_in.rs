//! How users sign in: the session's cookie, and the reverse proxy that may name them.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::Uri;
use deadpool_postgres::Pool;
use ipnet::IpNet;

use crate::auth;
use crate::auth::store::users as store;
use crate::common::error::ServiceError;
use crate::common::role::Role;

/// For how long a browser is known again.
const BROWSER_AGE: actix_web::cookie::time::Duration = actix_web::cookie::time::Duration::days(180);

#[derive(Debug, Clone, Default)]
pub(crate) struct SignInSettings {
    /// Where browsers reach the console, as they name it in `Origin`: with https the cookie is for HTTPS only.
    pub(crate) origin: Option<String>,
    /// The header in which a trusted proxy names the user.
    pub(crate) user_header: Option<String>,
    /// The trusted reverse proxies.
    pub(crate) proxies: Vec<IpNet>,
    /// The role of users that only the proxy knows; none: they may not sign in.
    pub(crate) proxy_role: Option<Role>,
}

impl SignInSettings {
    fn secure(&self) -> bool {
        self.origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// The cookie's name; with HTTPS one that browsers take from this host only.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.secure() { "__Host-sluicegate" } else { "sluicegate" }
    }

    pub(crate) fn cookie(&self, value: String) -> Cookie<'static> {
        // Out of reach of scripts and other sites.
        let cookie = Cookie::build(self.cookie_name(), value).path("/").http_only(true);
        cookie.secure(self.secure()).same_site(SameSite::Lax).finish()
    }

    /// The name of the cookie by which a browser is known again.
    pub(crate) fn browser_cookie_name(&self) -> &'static str {
        if self.secure() { "__Host-sluicegate-browser" } else { "sluicegate-browser" }
    }

    /// The cookie by which a browser is known again: it lets nobody in.
    pub(crate) fn browser_cookie(&self, value: String) -> Cookie<'static> {
        let cookie = Cookie::build(self.browser_cookie_name(), value).path("/").http_only(true);
        cookie.secure(self.secure()).same_site(SameSite::Strict).max_age(BROWSER_AGE).finish()
    }

    /// Whether this address is a trusted proxy.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|net| net.contains(&address))
    }

    /// Whether a page of this origin is ours: of the public address, or of the host that was asked. A proxy may ask
    /// for the host by another name than browsers do.
    pub(crate) fn owns(&self, origin: &str, host: Option<&str>) -> bool {
        let at = origin.split_once("://").map(|(_, at)| at);
        self.origin.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(origin))
            || (at.is_some() && at == host)
    }

    /// The user that a trusted proxy names; an error when the name cannot be one, or when there is more than one:
    /// the proxy has let one through that it did not write. None: no proxy names one.
    pub(crate) fn proxy_user(&self, request: &HttpRequest) -> Option<Result<String, ServiceError>> {
        let header = self.user_header.as_deref()?;
        let peer = request.peer_addr()?.ip();
        if !self.trusts(peer) {
            return None;
        }
        let mut values = request.headers().get_all(header);
        let value = values.next()?;
        let refused =
            |problem: &str| ServiceError::invalid("invalid_user", format!("the reverse proxy {problem}"));
        if values.next().is_some() {
            return Some(Err(refused("names more than one user")));
        }
        let user = value.to_str().ok().and_then(|user| auth::name(user.trim()).ok());
        Some(user.map(str::to_owned).ok_or_else(|| refused("names no possible user")))
    }

    /// The role of a user that the proxy names; none when they may not sign in.
    pub(crate) async fn role_of(&self, pool: &Pool, user: &str) -> Result<Option<Role>, ServiceError> {
        let client = pool.get().await?;
        match store::any_user(&client, user).await? {
            Some((_, true)) => Ok(None),
            Some((role, false)) => Ok(Some(role)),
            None => Ok(self.proxy_role),
        }
    }
}

/// The origin of a public address: scheme, host and a port that is not the scheme's own.
pub(crate) fn origin(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let usual = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    if uri.path_and_query().is_some_and(|p| p.as_str() != "/") || authority.as_str().contains('@') {
        return None;
    }
    let port = authority.port_u16().filter(|port| *port != usual);
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{scheme}://{}{port}", authority.host().to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::{SignInSettings, origin};

    #[test]
    fn a_public_address_is_compared_as_browsers_write_it() {
        for (url, expected) in [
            ("https://console.example.com", Some("https://console.example.com")),
            ("https://Console.Example.com:443/", Some("https://console.example.com")),
            ("http://console.example.com:8081", Some("http://console.example.com:8081")),
            ("http://[::1]:8081", Some("http://[::1]:8081")),
            ("https://console.example.com/console", None),
            ("https://user@console.example.com", None),
            ("ftp://console.example.com", None),
            ("console.example.com", None),
            ("https://", None),
        ] {
            assert_eq!(origin(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_page_is_ours_by_the_public_address_or_by_the_host_that_was_asked() {
        let entry =
            SignInSettings { origin: origin("https://console.example.com"), ..SignInSettings::default() };
        assert!(entry.owns("https://console.example.com", Some("127.0.0.1:8081")));
        assert!(entry.owns("http://127.0.0.1:8081", Some("127.0.0.1:8081")));
        for foreign in ["https://evil.example", "https://console.example.com.evil.example", "null", ""] {
            assert!(!entry.owns(foreign, Some("127.0.0.1:8081")), "{foreign}");
            assert!(!entry.owns(foreign, None), "{foreign}");
            assert!(!SignInSettings::default().owns(foreign, None), "{foreign}");
        }
        assert!(!SignInSettings::default().owns("https://console.example.com", Some("127.0.0.1:8081")));
    }
}
