//! The first rows, shown while the bundle is still looked through.

use super::containers::tar;
use super::{bundle, file, gzip, zip};
use std::sync::atomic::AtomicBool;
use tokentrail::testing::ingest::{Options, Progress, load};
use tokentrail::testing::model::Table;

/// The first rows are on the screen at once, whatever is found, unpacked, hashed and read after them.
#[test]
fn the_first_rows_are_told_before_all_else() {
    let folder = tempfile::tempdir().unwrap();
    let text = bundle::shapes(&bundle::rows())[0].1.repeat(150);
    let lines = file(folder.path(), "b.ndjson", text.as_bytes());
    let packed = file(folder.path(), "a.json.gz", &gzip(text.as_bytes()));
    let mut members = tar(&[("logs/c.ndjson", text.as_bytes())]);
    let tar = file(folder.path(), "c.tar", &members);
    members = gzip(&members);
    let tgz = file(folder.path(), "d.tgz", &members);
    let deep = file(folder.path(), "e.zip", &zip(&[("inner.tgz", &members)]));
    let deeper = file(folder.path(), "f.zip", &zip(&[("in.zip", &zip(&[("g.json", text.as_bytes())]))]));
    // Nothing to show comes first: another table, and a row that is none.
    let many = folder.path().join("many");
    std::fs::create_dir(&many).unwrap();
    file(&many, "0.json", b"{\"Type\":\"AADRiskyUsers\",\"TimeGenerated\":\"2026-05-01T00:00:00Z\"}\n");
    file(&many, "1.json", b"{\"Type\":\"SigninLogs\"}\n");
    for number in 2..700 {
        file(&many, &format!("{number}.json"), &text.as_bytes()[..text.len() / 150]);
    }
    let all = vec![tar.clone(), lines.clone(), packed.clone(), tgz.clone()];
    for paths in [vec![lines], vec![packed], vec![tar], vec![tgz], vec![deep], vec![deeper], vec![many], all] {
        let reports = std::sync::Mutex::new(Vec::new());
        let options = Options { threads: Some(1), ..Options::default() };
        load(&paths, &options, &|progress| reports.lock().unwrap().push(progress), &AtomicBool::new(false)).unwrap();
        let mut reports = reports.into_inner().unwrap();
        let before = reports.iter().position(|progress| matches!(progress, Progress::First(_))).unwrap();
        let early = reports[..before].iter().all(|progress| matches!(progress, Progress::Looking { sources: 0..3 }));
        assert!(early, "{paths:?}: {:?}", &reports[..before]);
        reports.retain(|progress| matches!(progress, Progress::First(_)));
        let [.., Progress::First(last)] = reports.as_slice() else { panic!("{paths:?}") };
        assert!(reports.len() <= 6 && last.len() == 6, "{paths:?}: {} times, {} rows", reports.len(), last.len());
        assert_eq!((last[0].user.as_str(), last[0].client.as_str()), ("Zoe@contoso.com", "Microsoft Azure CLI"));
        assert_eq!(
            (last[1].table, last[1].what.as_str()),
            (Table::Graph, "https://graph.microsoft.com/v1.0/users?$skip=0&$top=5")
        );
    }
}
