//! `sluicegate user add|role|list|disable|enable|unlock`, `sluicegate token create|list|revoke`.

use std::io::{IsTerminal, Read};

use clap::Subcommand;
use jiff::Timestamp;

use super::CommandContext;
use super::output::{self, CommandResult};
use crate::auth::accounts::{self, UserCommand};
use crate::auth::store::users::User;
use crate::auth::tokens::TokenKey;
use crate::auth::{own_password, tokens, users};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::common::scope::TokenScope;

#[derive(Debug, Subcommand)]
pub(super) enum UserArguments {
    /// Add a user; an existing one gets this role and password, is enabled again and signed out everywhere
    Add {
        /// The name to sign in with
        #[arg(long)]
        name: String,
        /// What the user may do
        #[arg(long)]
        role: Role,
        /// No password: the user signs in through the reverse proxy only. One that there was is removed
        #[arg(long)]
        no_password: bool,
    },
    /// Make the first admin, where there is no user yet, and print a one-time password, which is changed at the first
    /// sign-in
    First {
        /// The name to sign in with
        #[arg(long, default_value = "admin")]
        name: String,
    },
    /// Give a user another role; the password stays
    Role {
        /// Name of the user
        name: String,
        /// What the user may do from now on
        role: Role,
    },
    /// All users with their roles
    List {
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Disable a user and end their sessions
    Disable {
        /// Name of the user
        name: String,
    },
    /// Enable a user again, with the password and role they had
    Enable {
        /// Name of the user
        name: String,
    },
    /// Let a user sign in again who was locked out
    Unlock {
        /// Name of the user
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenArguments {
    /// Create an API token; it is shown now and never again
    Create {
        /// A name by which it is listed and revoked
        #[arg(long)]
        name: String,
        /// What it may do; with the scope orders an operator by default, who registers orders
        #[arg(long, required_unless_present = "scope")]
        role: Option<Role>,
        /// Where it may be used: orders for the company's backend; everywhere by default
        #[arg(long)]
        scope: Option<TokenScope>,
        /// For how many days it is valid; until it is revoked by default
        #[arg(long, value_name = "DAYS")]
        expires: Option<i64>,
    },
    /// All tokens, without what is secret
    List {
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token, for good
    Revoke {
        /// Name of the token
        name: String,
    },
}

pub(super) async fn user(context: &CommandContext, command: UserArguments) -> CommandResult {
    let (pool, actor) = (&context.connections.pool, &context.actor);
    context.connections.reachable().await?;
    match command {
        UserArguments::Add { name, role, no_password } => {
            let password = if no_password { None } else { Some(read_password()?) };
            let change = accounts::set(pool, actor, &name, role, password.as_deref()).await?;
            output::line(&format!("user {name} {change}"))?;
        }
        UserArguments::First { name } => match own_password::first_admin(pool, actor, &name).await? {
            Some(password) => {
                output::line(&format!("sign in as {name} with this password, shown only now: {password}"))?;
            }
            None => output::line("there are users already: nothing was done")?,
        },
        UserArguments::Role { name, role } => {
            let change = accounts::set_role(pool, actor, &name, role).await?;
            output::line(&format!("user {name} {change}"))?;
        }
        UserArguments::List { json: true } => {
            output::json(&serde_json::json!({"items": users::list(pool).await?, "next": null}))?
        }
        UserArguments::List { json: false } => {
            let rows: Vec<Vec<String>> = users::list(pool).await?.iter().map(user_row).collect();
            output::table(&["USER", "ROLE", "SINCE", "STATE"], &rows)?;
        }
        UserArguments::Disable { name } => {
            accounts::command(pool, actor, &name, UserCommand::Disable).await?;
            output::line(&format!("user {name} is disabled"))?;
        }
        UserArguments::Enable { name } => {
            accounts::command(pool, actor, &name, UserCommand::Enable).await?;
            output::line(&format!("user {name} is enabled again"))?;
        }
        UserArguments::Unlock { name } => {
            accounts::command(pool, actor, &name, UserCommand::Unlock).await?;
            output::line(&format!("user {name} may sign in again"))?;
        }
    }
    Ok(())
}

fn user_row(user: &User) -> Vec<String> {
    let state = match (user.disabled_at, user.locked_until) {
        (Some(at), _) => format!("disabled since {}", output::time(at)),
        (None, Some(until)) => format!("locked out until {}", output::time(until)),
        (None, None) if !user.has_password => "reverse proxy only".to_owned(),
        (None, None) => "enabled".to_owned(),
    };
    vec![user.name.clone(), user.role.to_string(), output::time(user.created_at), state]
}

pub(super) async fn token(context: &CommandContext, command: TokenArguments) -> CommandResult {
    let (pool, actor) = (&context.connections.pool, &context.actor);
    context.connections.reachable().await?;
    match command {
        TokenArguments::Create { name, role, scope, expires } => {
            let expires = tokens::expiry(expires)?;
            let scope = scope.unwrap_or(TokenScope::All);
            let role = match (role, scope) {
                (Some(role), _) => role,
                (None, TokenScope::Orders) => Role::Operator,
                (None, TokenScope::All) => {
                    let message = "a token for all of the API takes --role viewer, operator or admin";
                    return Err(ServiceError::invalid("missing_role", message).into());
                }
            };
            let token = tokens::create(pool, actor, &name, role, scope, expires).await?;
            let scope = if scope == TokenScope::All { "" } else { " and the scope orders" };
            output::line(&format!("token {name} with the role {role}{scope}, shown only now: {token}"))?;
        }
        TokenArguments::List { json: true } => {
            output::json(&serde_json::json!({"items": tokens::list(pool).await?, "next": null}))?
        }
        TokenArguments::List { json: false } => {
            let never = || "never".to_owned();
            let rows: Vec<Vec<String>> = tokens::list(pool)
                .await?
                .iter()
                .map(|t| {
                    let state = match (t.revoked_at, t.expires_at) {
                        (Some(at), _) => format!("revoked {}", output::time(at)),
                        (None, Some(at)) if at <= Timestamp::now() => format!("expired {}", output::time(at)),
                        (None, Some(at)) => format!("valid until {}", output::time(at)),
                        (None, None) => "valid".to_owned(),
                    };
                    let used = t.last_used_at.map_or_else(never, output::time);
                    vec![
                        t.name.clone(),
                        t.role.to_string(),
                        t.scope.to_string(),
                        t.created_by.clone(),
                        output::time(t.created_at),
                        used,
                        state,
                    ]
                })
                .collect();
            output::table(&["TOKEN", "ROLE", "SCOPE", "CREATED BY", "CREATED", "LAST USED", "STATE"], &rows)?;
        }
        TokenArguments::Revoke { name } => {
            tokens::revoke(pool, actor, TokenKey::Name(&name)).await?;
            output::line(&format!("token {name} is revoked"))?;
        }
    }
    Ok(())
}

/// The password from standard input: never an argument, which others on the machine could see.
fn read_password() -> Result<String, ServiceError> {
    let failed = |e: std::io::Error| {
        ServiceError::invalid("invalid_password", format!("no password could be read: {e}"))
    };
    let mut text = String::new();
    if std::io::stdin().is_terminal() {
        text = rpassword::prompt_password("Password: ").map_err(failed)?;
    } else {
        std::io::stdin().take(10_000).read_to_string(&mut text).map_err(failed)?;
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
