//! Each finding in one sentence, for people.

use std::fmt;

use super::{Alteration, Diagnosis};

/// Where the endpoint of this name is; empty for the one without.
fn path(name: &str) -> String {
    if name.is_empty() { "/webhooks/stripe".to_owned() } else { format!("/webhooks/stripe/{name}") }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid { age, secrets } => {
                f.write_str("the signature is right and the body unchanged")?;
                if *secrets > 1 {
                    write!(f, "; one of the {secrets} secrets matches")?;
                }
                if *age < 0 {
                    write!(f, "; by its timestamp this machine's clock is {} s behind", age.unsigned_abs())
                } else {
                    write!(f, "; it was signed {age} s ago")
                }
            }
            Self::TooOld { age, tolerance } => write!(
                f,
                "the signature is right, but {age} s old, and {tolerance} s are accepted: either this machine's clock is \
                 ahead, or the delivery was held up or sent again by something other than Stripe"
            ),
            Self::OtherEndpoint { name } => write!(
                f,
                "it is signed with the secret of the endpoint {}: correct the URL in Stripe's dashboard, or exchange \
                 the secrets",
                path(name)
            ),
            Self::AlteredBody { alteration } => write!(
                f,
                "the body was altered on the way: {}; whatever stands before the ingress must pass the bytes on as \
                 they came",
                alteration.as_words()
            ),
            other => f.write_str(other.as_words()),
        }
    }
}

impl Diagnosis {
    /// The sentence of a finding that has no values.
    const fn as_words(&self) -> &'static str {
        match self {
            Self::MissingHeader => {
                "there is no Stripe-Signature header: it was not sent by Stripe, or a proxy removed the header"
            }
            Self::MalformedHeader => {
                "the Stripe-Signature header is not one of Stripe's: it must hold one t=<unix seconds> and a v1=<hex>"
            }
            Self::OnlyV0 => {
                "the header has only a v0 signature, which proves nothing; the v1 that Stripe sends beside it is missing"
            }
            Self::CutHeader => {
                "the header was cut: a v1 has 64 hexadecimal digits; copy it whole, or raise the limit of the proxy"
            }
            Self::EmptyBody => "the body is empty: something read it before, or a proxy dropped it",
            Self::CutBody => "the body was cut: its JSON does not end; look for a size limit on the way",
            Self::PaddedSecret => {
                "the configured secret has white space or quotation marks around it; without them it matches"
            }
            Self::ApiKey => {
                "an API key (sk_, rk_ or pk_) is configured in place of the secret: the secret begins with whsec_ and \
                 is shown on the page of the endpoint in Stripe's dashboard"
            }
            Self::NotASecret => {
                "the configured secret does not begin with whsec_: copy the signing secret from the page of the \
                 endpoint in Stripe's dashboard"
            }
            _ => {
                "no configured secret matches: it is signed with another one (of another endpoint, account or mode, or \
                 that which `stripe listen` printed; no secret can be recognised from a signature), or the body was \
                 altered beyond recognition, or it is forged"
            }
        }
    }
}

impl Alteration {
    const fn as_words(self) -> &'static str {
        match self {
            Self::WhiteSpaceAround => "white space was added or removed at its beginning or end",
            Self::LineEndings => "its line endings were exchanged",
            Self::ByteOrderMark => "a byte order mark was put before it",
            Self::Reserialized => {
                "it was parsed and written again as other JSON text, with other white space"
            }
            Self::Escapes => "it was parsed and written again as other JSON text, with other escapes",
        }
    }
}
