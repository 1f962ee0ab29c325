//! How the parts are written in the document of their aggregate.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Parts, Sums};

/// A map while every part is in the document; a list of that map and the sums once some are in rows. A worker of a
/// version that does not know the sums cannot read the list, and so cannot write the document back without them.
impl<T: Serialize, S: Sums + Serialize> Serialize for Parts<T, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        if self.in_rows() {
            (&self.kept, &self.sums).serialize(serializer)
        } else {
            self.kept.serialize(serializer)
        }
    }
}

impl<'de, T: Deserialize<'de>, S: Sums + Deserialize<'de>> Deserialize<'de> for Parts<T, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Stored(PhantomData))
    }
}

struct Stored<T, S>(PhantomData<(T, S)>);

impl<'de, T: Deserialize<'de>, S: Sums + Deserialize<'de>> Visitor<'de> for Stored<T, S> {
    type Value = Parts<T, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of parts, or a list of that map and the sums of the parts in rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(Parts { kept: Deserialize::deserialize(MapAccessDeserializer::new(map))?, ..Parts::default() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let kept = list.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let sums = list.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        Ok(Parts { kept, sums, complete: false, ..Parts::default() })
    }
}
