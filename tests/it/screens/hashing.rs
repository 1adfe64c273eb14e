//! The hits before the files are hashed.

use super::{Desk, SIZES};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokentrail::testing::analytics::Settings;
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Hashing, Options, load};
use tokentrail::testing::triage::Case;
use tokentrail::testing::tui::app::{Message, Ready};
use tokentrail::testing::tui::evidence::Evidence;
use tokentrail::testing::tui::reader::Reader;

/// The hits, shown while the files are hashed.
fn early(size: (u16, u16)) -> (Desk, Evidence) {
    let mut desk = Desk::loading(size);
    let evidence = show(&mut desk);
    (desk, evidence)
}

fn show(desk: &mut Desk) -> Evidence {
    let (loaded, hits) = (Arc::clone(&desk.loaded), Arc::clone(&desk.hits));
    let evidence =
        Evidence::new(loaded, hits, Settings::default(), Facts::embedded(), &Arc::default(), BTreeSet::new());
    desk.reader = Some(Reader::new(&evidence, Arc::default(), "contoso.zip".to_owned()));
    let case = Case::new(String::new(), "ana".to_owned());
    desk.update(Message::Early(Box::new(Ready::without_case(evidence.clone(), case))));
    desk.update(Message::Hashed(620, 1000));
    evidence
}

/// The case, once they are.
fn done(desk: &mut Desk, evidence: Evidence) {
    let folder = PathBuf::from("/case");
    let (case_path, note_path) = (folder.join("case.json"), folder.join("case.md"));
    let ready = Ready { case_path, note_path, ..Ready::without_case(evidence, Case::new("b".into(), "ana".into())) };
    desk.file = None;
    desk.update(Message::Ready(Box::new(ready)));
}

#[test]
fn the_hits_are_there_and_what_needs_the_hashes_says_so_at_every_size() {
    for size in SIZES {
        let (mut desk, evidence) = early(size);
        if size.0 >= 60 {
            assert!(desk.screen().contains("HASHING 62 %"), "{}", desk.screen());
        }
        for keys in ["enter y", "e", "Y", "m", "tab m"] {
            desk.press(keys);
            if size.0 >= 120 {
                assert!(
                    desk.screen().contains("not yet: hashing the files, 620 B of 1.0 kB"),
                    "{keys}: {}",
                    desk.screen()
                );
            }
            desk.press("esc");
        }
        assert!(desk.bench().case.log.is_empty() && desk.app.overlays.is_empty());
        done(&mut desk, evidence);
        assert!(!desk.screen().contains("HASHING"), "{}", desk.screen());
        assert_eq!(desk.app.case_path, PathBuf::from("/case/case.json"));
    }
}

#[test]
fn whoever_looked_around_stays_there() {
    let (mut desk, evidence) = early((120, 40));
    desk.press("down enter n n");
    let (hit, focus, step) = (desk.bench().hit, desk.bench().focus, desk.bench().step);
    assert!(step > 0);
    done(&mut desk, evidence.clone());
    assert_eq!((desk.bench().hit, desk.bench().focus, desk.bench().step), (hit, focus, step), "{}", desk.screen());
    assert!(desk.screen().contains("the files are hashed: verdicts are kept from now on"), "{}", desk.screen());
    assert_eq!(desk.bench().case.bundle, "b");
    assert!(desk.bench().case.place.is_some(), "the next start begins there");
    // Also where the case made the worker group the hits anew.
    let mut desk = Desk::loading((120, 40));
    let again = show(&mut desk);
    desk.press("down enter n n");
    let (loaded, hits) = (Arc::clone(&again.loaded), Arc::clone(&again.hits));
    let evidence =
        Evidence::new(loaded, hits, Settings::default(), Facts::embedded(), &Arc::default(), BTreeSet::new());
    done(&mut desk, evidence);
    assert_eq!((desk.bench().hit, desk.bench().focus, desk.bench().step), (hit, focus, step), "{}", desk.screen());
}

#[test]
fn no_hint_asks_for_a_key_that_waits() {
    let footer = |desk: &Desk| desk.screen().trim_end().lines().last().unwrap_or_default().to_owned();
    let (mut desk, evidence) = early((120, 40));
    let before = footer(&desk);
    assert!(before.contains("? help") && !before.contains("e note"), "{before}");
    done(&mut desk, evidence);
    desk.press("j");
    assert!(footer(&desk).contains("e note"), "{}", desk.screen());
}

#[test]
fn a_line_being_typed_is_finished_first() {
    let (mut desk, evidence) = early((120, 40));
    desk.press("down enter /");
    desk.type_in("tok");
    done(&mut desk, evidence);
    desk.press("y x y");
    assert!(desk.app.hashing.is_some() && desk.bench().case.log.is_empty(), "{}", desk.screen());
    assert!(desk.screen().contains("HASHED") && desk.screen().contains("tokyxy"), "{}", desk.screen());
    desk.press("esc");
    assert!(desk.app.hashing.is_none(), "{}", desk.screen());
}

#[test]
fn a_filter_stays() {
    let (mut desk, evidence) = early((120, 40));
    desk.press("/");
    desk.type_in("user:finance");
    desk.press("enter");
    let filters = desk.bench().hit_list.in_force().len();
    assert!(filters > 0, "{}", desk.screen());
    done(&mut desk, evidence);
    assert_eq!(desk.bench().hit_list.in_force().len(), filters, "{}", desk.screen());
}

#[test]
fn without_a_hash_no_case_is_opened() {
    let (mut desk, _) = early((120, 40));
    desk.update(Message::NoHash("/mnt/usb/a.json cannot be read any more".to_owned()));
    let sentence = "no case can be opened, it is known by the hashes: /mnt/usb/a.json cannot be read any more";
    assert!(desk.screen().contains("NO CASE") && desk.screen().contains(sentence), "{}", desk.screen());
    desk.press("down enter y");
    assert!(desk.bench().case.log.is_empty() && desk.screen().contains(sentence), "{}", desk.screen());
}

#[test]
fn the_bundle_s_page_names_the_files_that_wait() {
    let mut desk = Desk::loading((120, 40));
    let options = Options { hash: Hashing::Later, ..Options::default() };
    let paths = [desk.home.path().join("bundle.json")];
    desk.loaded = Arc::new(load(&paths, &options, &|_| {}, &AtomicBool::new(false)).unwrap());
    let evidence = show(&mut desk);
    desk.press("B");
    assert!(desk.screen().contains("not hashed yet: "), "{}", desk.screen());
    evidence.loaded.hash(None, &|_, _| {}, &AtomicBool::new(false));
    desk.press("esc B");
    assert!(!desk.screen().contains("not hashed yet"), "{}", desk.screen());
}
