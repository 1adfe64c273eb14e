//! Distance between two sign-ins, and whether anybody travels that fast.

use crate::model::{EventId, Field, Span};
use crate::store::Store;
use serde_json::Value;

/// Farther apart than this is far.
const FAR_KM: f64 = 500.0;
/// Two countries nearer than this are a border town.
const BORDER_KM: f64 = 100.0;
/// Faster than this is faster than people travel.
const FAST_KM_H: f64 = 800.0;
/// Without coordinates, far within this time is fast.
const FAST_TIME: Span = Span::minutes(60);
const EARTH_KM: f64 = 6371.0;
const TICKS_PER_HOUR: f64 = 36_000_000_000.0;

/// Location of a sign-in, by its record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Location {
    /// Latitude and longitude in degrees.
    pub point: Option<(f64, f64)>,
    /// Country code, upper case; empty where none is recorded.
    pub country: String,
    /// City; empty where none is recorded.
    pub city: String,
}

impl Location {
    /// The location of a sign-in.
    pub fn new(store: &Store, id: EventId) -> Self {
        let details: Value = serde_json::from_str(store.get(id, Field::LocationDetails)).unwrap_or_default();
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let country = match text(member(&details, "countryOrRegion")) {
            country if country.is_empty() => {
                store.text(store.normalized_field(store.event(id), Field::Location)).to_owned()
            }
            country => country,
        };
        let at = member(&details, "geoCoordinates");
        let degrees = |name| at.and_then(|at| member(at, name)).and_then(number);
        let point = degrees("latitude").zip(degrees("longitude")).filter(|point| *point != (0.0, 0.0));
        Self { point, country: country.to_uppercase(), city: text(member(&details, "city")) }
    }

    /// Returns whether it is a place at all.
    pub fn is_known(&self) -> bool {
        self.point.is_some() || !self.country.is_empty()
    }

    /// Its country and city, in lower case, where the city is recorded.
    pub fn town(&self) -> Option<(String, String)> {
        (!self.city.is_empty()).then(|| (self.country.to_lowercase(), self.city.to_lowercase()))
    }

    fn km_to(&self, other: &Self) -> Option<f64> {
        let ((a, b), (c, d)) = self.point.zip(other.point)?;
        let [a, b, c, d] = [a, b, c, d].map(f64::to_radians);
        let half = ((c - a) / 2.0).sin().powi(2) + a.cos() * c.cos() * ((d - b) / 2.0).sin().powi(2);
        Some(2.0 * EARTH_KM * half.sqrt().min(1.0).asin())
    }

    /// Returns whether two places are far apart: more than 500 km, or in two countries that are no border town.
    pub fn is_far(&self, other: &Self) -> bool {
        let km = self.km_to(other);
        let abroad = !self.country.is_empty() && !other.country.is_empty() && self.country != other.country;
        km.is_some_and(|km| km > FAR_KM) || (abroad && km.is_none_or(|km| km > BORDER_KM))
    }

    /// Returns whether two places are far apart and nobody gets from one to the other in this time.
    pub fn is_fast(&self, other: &Self, elapsed: Span) -> bool {
        if !self.is_far(other) {
            return false;
        }
        let elapsed = elapsed.ticks().unsigned_abs();
        match self.km_to(other) {
            #[expect(clippy::cast_precision_loss, reason = "a ratio of kilometres and hours")]
            Some(km) => km > FAST_KM_H * (elapsed as f64 / TICKS_PER_HOUR),
            None => elapsed <= FAST_TIME.ticks().unsigned_abs(),
        }
    }

    /// `Hamburg, DE`, or less where less is recorded.
    pub fn words(&self) -> String {
        let parts = [self.city.as_str(), self.country.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// A member of an object, its name in any case.
fn member<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    object.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A number, or a number in a text.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(point: Option<(f64, f64)>, country: &str) -> Location {
        Location { point, country: country.to_owned(), city: String::new() }
    }

    #[test]
    fn far_is_by_coordinates_or_by_country() {
        let (berlin, lyon) = (Some((52.52, 13.40)), Some((45.76, 4.84)));
        let (kehl, strasbourg) = (Some((48.57, 7.81)), Some((48.58, 7.75)));
        for (a, b, far) in [
            (at(berlin, "DE"), at(lyon, "FR"), true),
            (at(kehl, "DE"), at(strasbourg, "FR"), false),
            (at(None, "DE"), at(None, "FR"), true),
            (at(None, "DE"), at(None, "DE"), false),
            (at(None, "DE"), at(None, ""), false),
            (at(berlin, "DE"), at(None, "FR"), true),
            (at(berlin, ""), at(lyon, ""), true),
        ] {
            assert_eq!(a.is_far(&b), far, "{a:?} {b:?}");
        }
        let km = at(berlin, "").km_to(&at(lyon, "")).unwrap();
        assert!((970.0..980.0).contains(&km), "{km}");
    }

    #[test]
    fn fast_is_by_speed_or_within_the_hour() {
        let (berlin, lyon) = (at(Some((52.52, 13.40)), "DE"), at(Some((45.76, 4.84)), "FR"));
        assert!(berlin.is_fast(&lyon, Span::minutes(70)));
        assert!(!berlin.is_fast(&lyon, Span::minutes(80)));
        assert!(berlin.is_fast(&lyon, Span::minutes(-70)), "whichever came first");
        let (de, fr) = (at(None, "DE"), at(None, "FR"));
        assert!(de.is_fast(&fr, Span::minutes(60)));
        assert!(!de.is_fast(&fr, Span::seconds(3601)));
    }
}
