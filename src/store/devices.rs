//! Devices that sign-ins name in a text of their own.

use super::device::device_id_and_system;
use super::{GUID_LEN, Store};
use crate::model::{Field, Sym, threads};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Texts that a thread reads at a time; few where tests run, so that they join parts too.
const AT_A_TIME: usize = if cfg!(debug_assertions) { 1 << 3 } else { 1 << 10 };

/// A device text.
#[derive(Clone, Copy, Debug)]
struct Device {
    /// The registered device; [`Sym::NONE`] for none.
    id: Sym,
    /// Number of the operating system.
    system: u32,
}

/// The device and the operating system of each device text.
pub(super) struct Devices {
    by_text: HashMap<Sym, Device, RandomState>,
    /// As recorded; blank where none is.
    systems: Vec<String>,
}

impl Devices {
    /// Reads each text once. A device is its id where calls or acts name it too, else one of the texts that have the id.
    pub(super) fn new(store: &Store) -> Self {
        let texts = distinct(store, Field::DeviceDetail);
        let named = distinct(store, Field::DeviceId).into_iter().map(|id| store.normalized(id));
        let mut ids: HashMap<String, Sym, RandomState> = named
            .filter(|id| !id.is_none())
            .map(|id| (store.key(id).read(&mut [0; GUID_LEN]).to_owned(), id))
            .collect();
        let read = |part: &[Sym]| part.iter().map(|&text| device_id_and_system(store.text(text))).collect::<Vec<_>>();
        let read = threads::each(texts.chunks(AT_A_TIME).collect(), read);
        let mut numbers: HashMap<String, u32, RandomState> = HashMap::default();
        let mut devices = Self { by_text: HashMap::default(), systems: Vec::new() };
        for (&text, (id, system)) in texts.iter().zip(read.into_iter().flatten()) {
            let id = id.map_or(Sym::NONE, |id| *ids.entry(id).or_insert(text));
            let system = *numbers.entry(system.unwrap_or_default()).or_insert_with_key(|system| {
                devices.systems.push(system.clone());
                u32::try_from(devices.systems.len() - 1).expect("no more than texts")
            });
            devices.by_text.insert(text, Device { id, system });
        }
        devices
    }
}

/// Distinct texts of a field.
fn distinct(store: &Store, field: Field) -> Vec<Sym> {
    let mut found = vec![false; store.texts.len()];
    store.events.texts(|_| std::slice::from_ref(&field), |sym| found[sym.0 as usize] = true);
    (0..).map(Sym).zip(found).filter(|(sym, found)| *found && !sym.is_none()).map(|(sym, _)| sym).collect()
}

impl Store {
    fn devices(&self) -> &Devices {
        self.devices.get_or_init(|| Devices::new(self))
    }

    /// Reads the device texts, on all cores that are free.
    pub fn read_devices(&self) {
        self.devices();
    }

    /// The registered device that a device text names, one symbol for each device, and the operating system as recorded.
    pub fn device(&self, text: Sym) -> (Sym, &str) {
        let devices = self.devices();
        devices
            .by_text
            .get(&text)
            .map_or((Sym::NONE, ""), |device| (device.id, &devices.systems[device.system as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EventId, Table};
    use crate::store::testing::Rows;

    const AT: &str = "2026-05-01T14:00:00Z";

    #[test]
    fn texts_of_one_id_are_one_device_and_that_of_calls_with_the_id() {
        let mut rows = Rows::default();
        let texts = [
            r#"{"deviceId":"AAAA-1","operatingSystem":"Windows 11"}"#,
            r#"{"deviceId":"aaaa-1","displayName":"pc","operatingSystem":"Windows 11"}"#,
            r#"{"deviceId":"bbbb-2"}"#,
            r#"{"deviceId":"","operatingSystem":"iOS"}"#,
            "no json",
            "",
        ];
        for text in texts {
            rows.row(Table::SignIn, AT, &[(Field::DeviceDetail, text)]);
        }
        // More than one thread reads at a time.
        let many: Vec<String> = (0..3 * AT_A_TIME).map(|at| format!(r#"{{"deviceId":"cccc-{at}"}}"#)).collect();
        for text in &many {
            rows.row(Table::SignIn, AT, &[(Field::DeviceDetail, text)]);
        }
        rows.row(Table::Graph, AT, &[(Field::DeviceId, "BBBB-2")]);
        let store = rows.build();
        let device = |at: usize| {
            let text = store.event(EventId(u32::try_from(at).unwrap())).get(Field::DeviceDetail);
            store.device(text)
        };
        assert_eq!((device(0).0, device(0).1), (device(1).0, "Windows 11"));
        assert!(!device(0).0.is_none() && device(0).0 != device(2).0);
        assert_eq!(store.text(device(2).0), "bbbb-2", "a call names it");
        assert_eq!((device(3), device(4), device(5)), ((Sym::NONE, "iOS"), (Sym::NONE, ""), (Sym::NONE, "")));
        let distinct: std::collections::BTreeSet<Sym> = (6..6 + many.len()).map(|at| device(at).0).collect();
        assert_eq!((distinct.len(), distinct.contains(&Sym::NONE)), (many.len(), false));
    }
}
