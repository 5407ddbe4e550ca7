//! What has gone wrong with parts in zones: which part, what, where and when.

use crate::film::Film;

use super::html::{Table, paragraph};

/// A table of all incidents that are known by name; how many there were stands among the key figures of each zone.
pub(super) fn render(film: &Film) -> String {
    if film.incidents.is_empty() {
        return String::new();
    }
    let mut table = Table::new().text("zone").text("incident");
    for (zone, incident) in &film.incidents {
        let name = film.elements.get(*zone).map_or("", |element| &*element.name);
        table.row(vec![name.into(), incident.as_str().into()]);
    }
    paragraph(
        "The first ones of each zone since the end of the warm-up; all of them are counted among its key figures.",
    ) + &table.open()
}
