//! The files of a source tree that use each other, read from their imports.
//!
//! A path is followed to the file that defines it: through `super::`, `self::` and `crate::`, through modules declared in
//! the file, and through the imports and re-exports of every module on the way. Test code is not read.

use super::{code, is_test, top_level, walk};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Files that use each other in a circle, by their paths from the root.
pub(super) type Circle = Vec<String>;

/// The files that each file uses. A file named `a/b.rs` is module `a::b`; files are named without `.rs`.
pub(super) fn uses(root: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut paths = Vec::new();
    walk(root, &mut paths);
    let mut tree = Tree::default();
    for path in paths {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        if !is_test(&name) && name != "main.rs" {
            tree.add(name.trim_end_matches(".rs"), &code(&fs::read_to_string(&path).unwrap()));
        }
    }
    tree.uses()
}

/// Every circle of files below a root, each once, the smallest that a file is in first.
///
/// A file and those in its folder are one module in parts: that a part uses its own module's file is no circle.
pub(super) fn circles(root: &Path) -> Vec<Circle> {
    circles_of(&uses(root))
}

fn circles_of(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<Circle> {
    let next = |file: &str| -> Vec<&str> {
        let used = uses.get(file).into_iter().flatten().map(String::as_str);
        used.filter(|other| !is_part(file, other)).collect()
    };
    let reach = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), next(from));
        while let Some(file) = open.pop() {
            if seen.insert(file.to_owned()) {
                open.extend(next(file));
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<String>> = uses.keys().map(|file| (file.as_str(), reach(file))).collect();
    let mut circles: Vec<Circle> = Vec::new();
    for (file, there) in &reached {
        let back = |other: &&String| reached.get(other.as_str()).is_some_and(|back| back.contains(*file));
        let circle: Circle = there.iter().filter(back).cloned().collect();
        if circle.len() > 1 && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles.sort_by_key(|circle| (circle.len(), circle.clone()));
    circles
}

/// Returns whether a file lies in another's folder, at any depth.
fn is_part(file: &str, of: &str) -> bool {
    file.strip_prefix(of).is_some_and(|rest| rest.starts_with('/')) || of == "lib"
}

/// Modules, each a file, with what they import.
#[derive(Default)]
pub(super) struct Tree {
    modules: BTreeMap<String, Module>,
}

#[derive(Default)]
struct Module {
    code: String,
    /// Names that imports and re-exports bring into the module, with their paths.
    names: BTreeMap<String, Vec<String>>,
    /// Modules of which all names are brought in.
    globs: Vec<Vec<String>>,
}

impl Tree {
    pub(super) fn add(&mut self, name: &str, code: &str) {
        let mut module = Module { code: code.to_owned(), ..Module::default() };
        for path in imports(code) {
            match path.as_slice() {
                [before @ .., last] if last == "*" => module.globs.push(before.to_vec()),
                [.., last] => {
                    let (path, name) = match last.split_once(" as ") {
                        Some((last, name)) => {
                            ([&path[..path.len() - 1], &[last.trim().to_owned()]].concat(), name.trim())
                        }
                        None if last == "self" => (path[..path.len() - 1].to_vec(), path[path.len() - 2].as_str()),
                        None => (path.clone(), last.as_str()),
                    };
                    module.names.insert(name.to_owned(), path);
                }
                [] => {}
            }
        }
        self.modules.insert(name.to_owned(), module);
    }

    /// The files that each file uses.
    pub(super) fn uses(&self) -> BTreeMap<String, BTreeSet<String>> {
        let files = self.modules.iter().map(|(name, module)| {
            let paths = imports(&module.code).into_iter().chain(inline(&module.code));
            let used = paths.filter_map(|path| self.file_of(name, &path, 0)).filter(|used| used != name).collect();
            (name.clone(), used)
        });
        files.collect()
    }

    /// The file that defines what a path in a module names; `None` outside the tree.
    fn file_of(&self, module: &str, path: &[String], hops: usize) -> Option<String> {
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => "lib".to_owned(),
            "self" => module.to_owned(),
            "super" => parent(module),
            name if self.modules.contains_key(&child(module, name)) => child(module, name),
            // A name that was brought in: another crate's, or ours.
            name if !self.modules[module].names.contains_key(name) => return None,
            _ => {
                rest = path;
                module.to_owned()
            }
        };
        while let Some((name, after)) = rest.split_first() {
            let name = name.split(" as ").next().unwrap_or(name).trim();
            rest = after;
            match name {
                "self" | "*" => return Some(at),
                "super" => at = parent(&at),
                _ if self.modules.contains_key(&child(&at, name)) => at = child(&at, name),
                _ => return Some(self.origin(&at, name, rest, hops).unwrap_or(at)),
            }
        }
        Some(at)
    }

    /// The file that a name of a module comes from, where the module has it from another.
    fn origin(&self, module: &str, name: &str, rest: &[String], hops: usize) -> Option<String> {
        let held = self.modules.get(module)?;
        if hops > 8 {
            return None;
        }
        if let Some(path) = held.names.get(name) {
            let path: Vec<String> = path.iter().chain(rest).cloned().collect();
            return self.file_of(module, &path, hops + 1);
        }
        let defines = |file: &str| {
            let code = &self.modules[file].code;
            let kinds = ["fn", "struct", "enum", "const", "static", "trait", "type"];
            kinds.iter().any(|kind| code.match_indices(&format!("pub {kind} {name}")).next().is_some())
        };
        let files = held.globs.iter().filter_map(|glob| self.file_of(module, glob, hops + 1));
        files.into_iter().find(|file| defines(file))
    }
}

fn parent(module: &str) -> String {
    module.rsplit_once('/').map_or_else(|| "lib".to_owned(), |(parent, _)| parent.to_owned())
}

fn child(module: &str, name: &str) -> String {
    if module == "lib" { name.to_owned() } else { format!("{module}/{name}") }
}

/// The paths of every `use` of a file, groups written out.
fn imports(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let lines = code.split_inclusive(';').filter_map(|statement| {
        let at = statement.rfind("use ")?;
        let before = statement[..at].trim_end();
        let begins = before.is_empty() || before.ends_with(['}', '{', ']', ';', ')']) || before.ends_with("pub");
        begins.then(|| statement[at + 4..].trim_end_matches(';').trim())
    });
    for tree in lines {
        expand(&[], tree, &mut paths);
    }
    paths
}

fn expand(before: &[String], tree: &str, paths: &mut Vec<Vec<String>>) {
    let mut path = before.to_vec();
    let mut rest = tree.trim();
    loop {
        if let Some(group) = rest.strip_prefix('{') {
            return top_level(group).into_iter().filter(|item| !item.trim().is_empty()).for_each(|item| {
                expand(&path, item, paths);
            });
        }
        let Some((segment, after)) = rest.split_once("::") else { break };
        path.push(segment.trim().to_owned());
        rest = after.trim_start();
    }
    path.push(rest.split_whitespace().collect::<Vec<_>>().join(" "));
    paths.push(path);
}

/// The paths that stand in the code itself: `super::x`, `crate::a::b`, and `module::name` of whatever module.
fn inline(code: &str) -> Vec<Vec<String>> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut paths = Vec::new();
    let mut at = 0;
    while let Some(found) = code[at..].find("::") {
        let found = at + found;
        let start = code[..found].rfind(|c| !is_name(c)).map_or(0, |before| before + 1);
        let mut end = found;
        while code[end..].starts_with("::") && code[end + 2..].starts_with(is_name) {
            end += 2 + code[end + 2..].find(|c| !is_name(c)).unwrap_or(code.len() - end - 2);
        }
        // A group or a glob is an import's.
        if start < found && !code[end..].starts_with("::{") && !code[end..].starts_with("::*") {
            paths.push(code[start..end].split("::").map(str::to_owned).collect());
        }
        at = end.max(found + 2);
    }
    paths
}

#[test]
fn paths_are_followed_to_the_file_that_defines() {
    let mut tree = Tree::default();
    tree.add("a", "mod b; mod c; pub use b::{Thing, other as renamed}; fn f() {}");
    tree.add("a/b", "use super::c;\npub struct Thing;");
    tree.add("a/c", "use super::{Thing, f};\nfn g() { crate::a::renamed(); crate::d::B::new() }");
    tree.add("d", "pub use crate::a::b::*;\npub(crate) use std::fmt;\nfn h() { super::a::f() }");
    let uses = tree.uses();
    let of = |file: &str| uses[file].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(of("a"), ["a/b"]);
    assert_eq!(of("a/b"), ["a/c"]);
    assert_eq!(of("a/c"), ["a", "a/b", "d"]);
    assert_eq!(of("d"), ["a", "a/b"]);
    let circles = circles_of(&uses);
    assert_eq!(circles, [["a", "a/b", "a/c", "d"]], "through d, which is no part of a");
}

#[test]
fn a_part_may_use_its_own_module() {
    let mut tree = Tree::default();
    tree.add("a", "mod b; fn f() { b::g() }");
    tree.add("a/b", "use super::f;");
    tree.add("a/c", "use super::b;");
    assert!(circles_of(&tree.uses()).is_empty());
    tree.add("a/b", "use super::f;\nfn g() { super::c::h() }");
    assert_eq!(circles_of(&tree.uses()), [["a/b", "a/c"]]);
}
