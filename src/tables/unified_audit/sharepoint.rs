//! Files of SharePoint and OneDrive: opened, taken, changed, shared.

use super::shape::Body;
use super::words::{digests, meaning};
use crate::model::Field;
use crate::tables::act::ActRow;
use crate::tables::members::{named, scalar};

/// Endings of what a browser loads around documents.
const PAGES: [&str; 3] = [".aspx", ".ashx", ".asmx"];

/// Puts what was done to a file, a site or a link.
pub(super) fn put<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, operation: &str) {
    let text = |names: &[&str]| names.iter().find_map(|name| meaning(body.text(name)?));
    let url = text(&["ObjectId", "OfficeObjectId"]);
    let name = text(&["SourceFileName"]);
    let site = || text(&["SiteUrl", "Site_Url"]);
    let is_of_site = matches!(
        operation,
        "sitecollectionadminadded"
            | "sitecollectionadminremoved"
            | "addedtogroup"
            | "removedfromgroup"
            | "permissionleveladded"
            | "permissionlevelsinheritancebroken"
            | "sitepermissionsmodified"
    );
    let is_view = matches!(operation, "pageviewed" | "pageviewedextended" | "listviewed" | "clientviewsignaled");
    let object = match () {
        () if is_of_site => site().or(url),
        () if is_view => url.or(name),
        () => name.or(url),
    };
    row.set_some(Field::Object, object.or_else(site));

    let with = text(&["TargetUserOrGroupName", "UserSharedWith"]);
    let is_guest = text(&["TargetUserOrGroupType"]).is_some_and(|kind| kind.eq_ignore_ascii_case("guest"));
    let is_page = |name: &str| {
        let lower = name.to_ascii_lowercase();
        PAGES.iter().any(|ending| lower.ends_with(ending))
    };
    if with.is_some() && is_guest {
        row.set(Field::Variant, "guest");
    } else if !is_view && name.or(url).is_some_and(is_page) {
        row.set(Field::Variant, "page");
    }

    let mut detail = Vec::new();
    detail.extend(with.map(|with| format!("with {with}")));
    detail.extend(link(body).into_iter().map(str::to_owned));
    let to = [text(&["DestinationRelativeUrl"]), text(&["DestinationFileName"])];
    let to = to.into_iter().flatten().collect::<Vec<_>>().join("/");
    if !to.is_empty() {
        detail.push(format!("→ {to}"));
    }
    if name.is_some() && !is_of_site {
        detail.extend(text(&["SourceRelativeUrl"]).map(|folder| format!("in {folder}")));
    }
    row.set(Field::Detail, detail.join(", "));
    // What was taken is counted by address, not by name.
    if !is_view {
        row.set(Field::Items, digests(url.as_slice()));
    }
}

/// Rights that a link or a grant gives: `EventData` is `<Type>Edit</Type>` and the like, which is no XML.
fn link<'r>(body: &Body<'_, 'r>) -> Vec<&'r str> {
    const NAMES: [&str; 4] = ["Type", "Permissions granted", "Role", "SharingLinkScope"];
    let Some(name) = ["EventData", "Event_Data"].into_iter().find(|name| body.has(name)) else {
        return body.text("SharingLinkScope").into_iter().collect();
    };
    let data = body.value(name);
    let text = scalar(data).unwrap_or_default();
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        meaning(rest.split_once('<')?.0)
    };
    NAMES.iter().filter_map(|name| element(name).or_else(|| named(data, name))).collect()
}
