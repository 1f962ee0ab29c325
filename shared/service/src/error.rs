//! Errors in one line.

/// An error with its causes. A cause that its parent's message already ends with is not repeated: some libraries print
/// their source and chain it as well.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !line.ends_with(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        next = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Error(&'static str, Option<Box<Error>>);

    impl std::fmt::Display for Error {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for Error {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            self.1.as_deref().map(|source| source as _)
        }
    }

    #[test]
    fn causes_follow_and_none_is_repeated() {
        let cause = || Some(Box::new(Error("no route", None)));
        assert_eq!(chain(&Error("cannot connect", cause())), "cannot connect: no route");
        assert_eq!(chain(&Error("cannot connect: no route", cause())), "cannot connect: no route");
        assert_eq!(chain(&Error("alone", None)), "alone");
    }
}
