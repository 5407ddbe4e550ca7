//! Topics of Sparkplug: `spBv1.0/GROUP/TYPE/NODE` and `spBv1.0/GROUP/TYPE/NODE/DEVICE` (specification 4.1).

use super::wire::NAMESPACE;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Birth,
    Data,
    Death,
}

/// A topic, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Topic<'t> {
    pub group: &'t str,
    pub kind: Kind,
    pub node: &'t str,
    /// The device below the node that it is about, if not the node itself.
    pub device: Option<&'t str>,
}

impl<'t> Topic<'t> {
    /// `None` for what is none, or is not about what happens.
    pub(super) fn read(topic: &'t str) -> Option<Self> {
        let rest = topic.strip_prefix(NAMESPACE)?.strip_prefix('/')?;
        let mut levels = rest.split('/');
        let (group, word, node) = (levels.next()?, levels.next()?, levels.next()?);
        let device = levels.next();
        let kind = match (word, device.is_some()) {
            ("NBIRTH", false) | ("DBIRTH", true) => Kind::Birth,
            ("NDATA", false) | ("DDATA", true) => Kind::Data,
            ("NDEATH", false) | ("DDEATH", true) => Kind::Death,
            _ => return None,
        };
        let is_whole = levels.next().is_none() && ![group, node].contains(&"") && device != Some("");
        is_whole.then_some(Topic { group, kind, node, device })
    }
}

/// What to subscribe to, to follow `groups`: what nodes and devices tell, and not what they are told.
///
/// # Errors
/// A group that is none.
pub(in super::super) fn filters(groups: &[String]) -> Result<Vec<String>, String> {
    if groups.is_empty() {
        return Err("there are no `groups`".to_owned());
    }
    let mut filters = Vec::new();
    for group in groups {
        if group.is_empty() || group.contains(['/', '+', '#']) {
            return Err(format!("\"{group}\" is no group of Sparkplug: it has letters, and neither / nor + nor #"));
        }
        for (word, below) in [("N", "+"), ("D", "+/+")] {
            let kinds = ["BIRTH", "DATA", "DEATH"];
            filters.extend(kinds.map(|kind| format!("{NAMESPACE}/{group}/{word}{kind}/{below}")));
        }
    }
    Ok(filters)
}
