//! Scratch.
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use tokentrail::testing::analytics::{self, Candidates, DetectContext, Settings};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Options, load};
use tokentrail::testing::model::{Field, Table};
use tokentrail::testing::store::Key;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let options = Options { hash: false, threads: Some(2), ..Options::default() };
    let loaded = load(&[path.into()], &options, &|_| (), &AtomicBool::new(false)).unwrap();
    println!("loaded {}", rss());
    let (store, facts) = (&loaded.store, Facts::embedded());
    let settings = Settings::default();
    let t = |name: &str, f: &mut dyn FnMut()| {
        let s = Instant::now();
        f();
        println!("{name}: {:.3}", s.elapsed().as_secs_f64());
    };
    let candidates: Arc<Candidates> = Arc::default();
    if std::env::args().nth(2).is_some() {
        t("user index", &mut || {
            store.with(Key::User, Default::default());
        });
        t("session index", &mut || {
            store.with(Key::Session, Default::default());
        });
        t("token index", &mut || {
            store.with(Key::Token, Default::default());
        });
        t("has", &mut || {
            store.has(Table::SignIn, Field::Id);
        });
        let context = DetectContext::over(store, facts, &settings, Arc::clone(&candidates));
        t("places", &mut || {
            context.places();
        });
        t("known", &mut || {
            context.known();
        });
        t("sessions", &mut || {
            context.sessions();
        });
        t("software", &mut || {
            context.software();
        });
        t("splits", &mut || {
            context.splits();
        });
        t("machines", &mut || {
            println!("{}", context.machines().len());
        });
        t("handoffs", &mut || {
            context.handoffs();
        });
        t("flows", &mut || {
            context.flows();
        });
    }
    for round in 0..2 {
        for analytic in analytics::ANALYTICS {
            let settings = Settings { analytics: Some(vec![analytic.id.to_owned()]), ..Settings::default() };
            let start = Instant::now();
            let hits = analytics::run_over(store, facts, &settings, Arc::clone(&candidates));
            println!("{round} {}: {:.3} s, {} hits {}", analytic.id, start.elapsed().as_secs_f64(), hits.len(), rss());
        }
    }
    let candidates: Arc<Candidates> = Arc::default();
    t("all", &mut || {
        analytics::run_over(store, facts, &settings, Arc::clone(&candidates));
    });
}

fn rss() -> String {
    let s = std::fs::read_to_string("/proc/self/status").unwrap();
    s.lines().filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS")).map(|l| l.split_whitespace().nth(1).unwrap().to_owned()).collect::<Vec<_>>().join(" ")
}
