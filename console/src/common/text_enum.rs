//! Enums whose variants have one name everywhere: in SQL, JSON, addresses, on the command line and in OpenAPI.

use super::error::ServiceError;

/// An enum that [`text_enum`] declares.
pub(crate) trait TextEnum: Copy + 'static {
    /// Every variant, as declared.
    const ALL: &'static [Self];

    fn name(self) -> &'static str;

    /// The variant of that name.
    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|variant| variant.name() == name)
    }

    /// The variant that a form or an address names as `parameter`; nothing where it is empty.
    fn chosen(parameter: &str, name: Option<&str>) -> Result<Option<Self>, ServiceError> {
        let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else { return Ok(None) };
        let names = || Self::ALL.iter().map(|v| v.name()).collect::<Vec<_>>().join(", ");
        let unknown =
            || ServiceError::invalid("invalid_filter", format!("{parameter} takes one of {}", names()));
        Self::parse(name).map(Some).ok_or_else(unknown)
    }
}

/// Declares an enum with the name of each variant. The name is taken as `tt`: what a macro took as `literal` reaches
/// utoipa in a group that it does not read, and the document would name the variants as Rust does.
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$about:meta])* $variant:ident = $text:tt,)+ }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema, clap::ValueEnum,
        )]
        $vis enum $name {
            $($(#[$about])* #[serde(rename = $text)] #[value(name = $text)] $variant,)+
        }

        impl $crate::common::text_enum::TextEnum for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn name(self) -> &'static str {
                self.as_str()
            }
        }

        impl $name {
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl tokio_postgres::types::ToSql for $name {
            fn to_sql(
                &self,
                ty: &tokio_postgres::types::Type,
                out: &mut bytes::BytesMut,
            ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
                self.as_str().to_sql(ty, out)
            }

            tokio_postgres::types::accepts!(TEXT, VARCHAR);
            tokio_postgres::types::to_sql_checked!();
        }

        impl<'a> tokio_postgres::types::FromSql<'a> for $name {
            fn from_sql(
                ty: &tokio_postgres::types::Type,
                raw: &'a [u8],
            ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                let name = <&str as tokio_postgres::types::FromSql>::from_sql(ty, raw)?;
                let unknown = || format!("{name:?} is no {} that this version knows", stringify!($name));
                $crate::common::text_enum::TextEnum::parse(name).ok_or_else(|| unknown().into())
            }

            tokio_postgres::types::accepts!(TEXT, VARCHAR);
        }
    };
}

pub(crate) use text_enum;

#[cfg(test)]
mod tests {
    use super::TextEnum;

    super::text_enum! {
        enum Sample {
            First = "first_of_all",
            Second = "second",
        }
    }

    #[test]
    fn a_variant_has_one_name_everywhere() {
        use clap::ValueEnum;
        assert_eq!(Sample::First.to_string(), "first_of_all");
        assert_eq!(serde_json::to_value(Sample::First).unwrap(), "first_of_all");
        assert_eq!(serde_json::from_value::<Sample>("second".into()).unwrap(), Sample::Second);
        assert_eq!(Sample::from_str("first_of_all", false), Ok(Sample::First));
        assert_eq!(Sample::chosen("x", Some(" second ")).unwrap(), Some(Sample::Second));
        assert_eq!(Sample::chosen("x", Some("")).unwrap(), None);
        assert!(Sample::chosen("x", Some("third")).unwrap_err().to_string().contains("first_of_all, second"));
    }
}
