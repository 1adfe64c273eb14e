//! Devices that sign-ins name in a text of their own.

use super::Store;
use super::device::device_id_and_system;
use crate::model::{Field, Sym, threads};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Texts that are worth a thread.
const WORTH: usize = 1 << 10;

/// A device text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Device {
    /// The registered device; [`Sym::NONE`] for none.
    id: Sym,
    /// Number of the operating system.
    system: usize,
}

/// The device and the operating system of each device text.
pub(super) struct Devices {
    by_text: HashMap<Sym, Device, RandomState>,
    /// As recorded; blank where none is.
    systems: Vec<String>,
}

impl Devices {
    /// Reads each text once. A device is its id where that is a text of its own, else one of the texts that have the id.
    pub(super) fn new(store: &Store) -> Self {
        let mut is_device = vec![false; store.texts.len() + 1];
        store.events.texts(|_| &[Field::DeviceDetail], |sym| is_device[sym.0 as usize] = true);
        let texts: Vec<Sym> = (0..).map(Sym).zip(is_device).skip(1).filter(|(_, is)| *is).map(|(sym, _)| sym).collect();
        let read = |part: &[Sym]| part.iter().map(|&text| device_id_and_system(store.text(text))).collect::<Vec<_>>();
        let read = threads::each(texts.chunks(WORTH).collect(), read);
        let mut ids: HashMap<String, Sym, RandomState> = HashMap::default();
        let mut numbers: HashMap<String, usize, RandomState> = HashMap::default();
        let mut devices = Self { by_text: HashMap::default(), systems: Vec::new() };
        for (text, (id, system)) in texts.into_iter().zip(read.into_iter().flatten()) {
            let id = id.map_or(Sym::NONE, |id| {
                let known = store.find(&id);
                *ids.entry(id).or_insert(known.unwrap_or(text))
            });
            let system = *numbers.entry(system.unwrap_or_default()).or_insert_with_key(|system| {
                devices.systems.push(system.clone());
                devices.systems.len() - 1
            });
            devices.by_text.insert(text, Device { id, system });
        }
        devices
    }
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
        devices.by_text.get(&text).map_or((Sym::NONE, ""), |device| (device.id, &devices.systems[device.system]))
    }
}
