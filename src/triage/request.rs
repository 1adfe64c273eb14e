//! The address of a request: its path, and the shape that like requests share.

use crate::model::Table;
use crate::model::words::is_guid;
use crate::tables::{TABLES, TableSpec};

/// A request without its host, and without the version or tenant that begins its path.
pub(super) fn path(uri: &str) -> &str {
    let after = |spec: &'static TableSpec| {
        let rest = uri.strip_prefix("https://")?;
        spec.hosts.iter().find_map(|host| rest.strip_prefix(host)).map(|path| (spec, path))
    };
    let (spec, path) = TABLES.iter().find_map(after).unwrap_or((Table::Graph.spec(), uri));
    let Some(inner) = path.strip_prefix('/') else { return path };
    match inner.split_once('/') {
        Some((first, _)) if (spec.skips)(first) => &inner[first.len()..],
        _ => path,
    }
}

/// A request as the calls of a run share it: `/users/{id}/messages`, without host, version, query and ids.
pub(super) fn request_shape(uri: &str) -> String {
    let mut shape = String::new();
    for segment in segments(uri) {
        shape.push('/');
        shape.push_str(if segment.is_id { "{id}" } else { segment.name });
        if segment.has_arguments {
            shape.push_str("({id})");
        }
    }
    shape
}

/// A part of a path.
#[derive(PartialEq, Eq)]
pub(super) struct Segment<'a> {
    name: &'a str,
    is_id: bool,
    has_arguments: bool,
}

pub(super) fn segments(uri: &str) -> impl Iterator<Item = Segment<'_>> {
    let path = path(uri);
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    path.split('/').filter(|part| !part.is_empty()).map(|part| {
        let (name, arguments) = part.find('(').map_or((part, ""), |at| part.split_at(at));
        let is_id = is_id(name);
        Segment { name: if is_id { "" } else { name }, is_id, has_arguments: arguments.len() > "()".len() }
    })
}

/// Returns whether a part of a path names one object rather than a kind. Kinds begin with a small letter or `$`.
fn is_id(part: &str) -> bool {
    let digits = part.bytes().any(|b| b.is_ascii_digit());
    let first = part.bytes().next().unwrap_or(b'$');
    is_guid(part)
        || part.contains(['@', '=', '!', ',', '%'])
        || part.trim_end_matches(':').contains(':')
        || (digits && !first.is_ascii_lowercase() && first != b'$')
}
