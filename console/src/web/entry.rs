//! How people get in: the session's cookie, and the reverse proxy that may vouch for them.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use deadpool_postgres::Pool;
use ipnet::IpNet;

use super::guard;
use crate::access::{self, Role};
use crate::failure::Failure;
use crate::store::users as store;

/// Settings of sign-in.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// Browsers reach the console by HTTPS: the cookie is for HTTPS only.
    pub secure: bool,
    /// The header in which a trusted proxy names the user.
    pub user_header: Option<String>,
    /// Whose word is taken.
    pub proxies: Vec<IpNet>,
    /// The role of users that only the proxy knows; none: they may not in.
    pub proxy_role: Option<Role>,
}

impl Entry {
    /// The cookie's name; with HTTPS one that browsers take from this host only.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-sluicegate" } else { "sluicegate" }
    }

    /// The session's cookie.
    pub(crate) fn cookie(&self, value: String) -> Cookie<'static> {
        guard::session_cookie(self.cookie_name(), value, self.secure)
    }

    /// Whether this address is a trusted proxy.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|net| net.contains(&address))
    }

    /// The user that a trusted proxy names; an error when the name cannot be one. None: nobody vouches.
    pub(crate) fn vouched(&self, request: &HttpRequest) -> Option<Result<String, ()>> {
        let header = self.user_header.as_deref()?;
        let peer = request.peer_addr()?.ip();
        if !self.trusts(peer) {
            return None;
        }
        let value = request.headers().get(header)?;
        let user = value.to_str().map_err(drop);
        Some(user.and_then(|user| access::name(user.trim()).map(str::to_owned).map_err(drop)))
    }

    /// The role of a user that the proxy vouches for; none when they may not in.
    pub(crate) async fn role_of(&self, pool: &Pool, user: &str) -> Result<Option<Role>, Failure> {
        let client = pool.get().await?;
        match store::any_user(&client, user).await? {
            Some((_, true)) => Ok(None),
            Some((role, false)) => Ok(Some(role)),
            None => Ok(self.proxy_role),
        }
    }
}
