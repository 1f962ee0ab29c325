//! What a person is searched by, as the hashes that the table holds. Pure.

use domain::search_keys::PersonalKey;
use secrecy::SecretString;

use super::query::Term;

/// The hashes that something must all have to be found by this reading; none where it names no person or card.
pub(crate) fn hashes(term: &Term, secret: &SecretString) -> Vec<Vec<u8>> {
    let mut keys = match term {
        Term::Email(email) => PersonalKey::email(email).into_iter().collect(),
        Term::Last4(digits) => PersonalKey::last4(digits).into_iter().collect(),
        Term::Name(words) => PersonalKey::name(&words.join(" ")),
        _ => Vec::new(),
    };
    // The rarer word of a name is the longer one, mostly: it leads the search.
    keys.sort_by_key(|key| {
        if let PersonalKey::NameWord(word) = key {
            std::cmp::Reverse(word.len())
        } else {
            std::cmp::Reverse(0)
        }
    });
    let mut hashes: Vec<Vec<u8>> = Vec::new();
    for hash in keys.iter().map(|key| key.hash(secret).to_vec()) {
        if !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    hashes
}

#[cfg(test)]
mod tests {
    use domain::search_keys::{HASH_BYTES, PersonalKey};
    use secrecy::SecretString;

    use super::hashes;
    use crate::search::query::Term;

    #[test]
    fn a_name_is_found_by_any_of_its_words_in_any_order() {
        let secret = SecretString::from("s");
        let stored: Vec<Vec<u8>> =
            PersonalKey::name("Muster, Anna").iter().map(|key| key.hash(&secret).to_vec()).collect();
        for words in [vec!["anna"], vec!["muster"], vec!["anna", "muster"]] {
            let asked = hashes(&Term::Name(words.iter().map(ToString::to_string).collect()), &secret);
            assert_eq!(asked.len(), words.len());
            assert!(asked.iter().all(|hash| hash.len() == HASH_BYTES && stored.contains(hash)), "{words:?}");
        }
        assert!(hashes(&Term::Id("anna".to_owned()), &secret).is_empty());
    }
}
