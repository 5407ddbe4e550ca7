//! Every text a scenario is made of: its file, the files it is based on, its tables, and what the command line sets.
//!
//! A source is read once, keeps its number and never changes, so an origin (source number and bytes) stays good for
//! the whole life of the table. Adding needs no exclusive access: tables are opened in the middle of reading.
//!
//! Names of files are relative to the folder of the file they stand in; what `--set` names, to the folder of the
//! scenario. They may lead out of that folder (`../data/orders.csv`), but an absolute path is refused: a scenario must
//! mean the same on another machine.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kernel::limits;
use plant::description::{Complaint, Origin, nearest};

use crate::syntax::codes;

/// Where files come from: the disk, or memory in tests and in programs that generate scenarios.
pub trait Files: Send + Sync {
    /// The bytes of the file at `path`, at most one more than `kernel::limits::SOURCE_BYTES`.
    ///
    /// # Errors
    /// What the operating system says.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// The names of the files in the folder with the path `folder` (empty, or with its last slash), as far as they can be
    /// told: to suggest one in place of a file that is not there, and to name those that nobody reads.
    fn names(&self, folder: &str) -> Vec<String>;
}

/// Files on the disk, relative to the working folder.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        // Bounded, so that /dev/zero and the like end as a file that is too large.
        File::open(path)?.take(limits::SOURCE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(if folder.is_empty() { "." } else { folder }) else { return Vec::new() };
        let files = entries.flatten().filter(|entry| entry.path().is_file());
        let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        // The order of a folder is the operating system's affair.
        names.sort_unstable();
        names
    }
}

/// Files by name, in memory.
impl Files for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let inside = self.keys().filter_map(|path| path.strip_prefix(folder));
        inside.filter(|name| !name.contains('/')).map(str::to_owned).collect()
    }
}

/// One text.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    /// Path of a file in the folder that relative names are taken from.
    place: String,
    is_file: bool,
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// The path as given by the user (or put together from it), or `--set #1`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether this came from a file.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// BLAKE3 of the bytes.
    pub fn hash(&self) -> blake3::Hash {
        blake3::hash(self.text.as_bytes())
    }

    /// Line and column of a byte, both from 1, the column in characters. The end of the text belongs to its last line
    /// that is not blank.
    pub fn position(&self, byte: u32) -> (usize, usize) {
        let (line, start) = self.line_of(byte);
        let byte = self.clamped(byte);
        (line + 1, self.text[start..byte].chars().count() + 1)
    }

    /// The line (from 0) that holds a byte, and the byte it begins with.
    pub(crate) fn line_of(&self, byte: u32) -> (usize, usize) {
        let byte = self.clamped(byte);
        let lines = self.line_starts();
        let line = lines.partition_point(|&start| start as usize <= byte).saturating_sub(1);
        (line, lines[line] as usize)
    }

    /// The end of a line without its line break.
    pub(crate) fn line_end(&self, line: usize) -> usize {
        let lines = self.line_starts();
        let next = lines.get(line + 1).map_or(self.text.len(), |&start| start as usize);
        let start = lines[line] as usize;
        start + self.text[start..next].trim_end_matches(['\n', '\r']).len()
    }

    /// A byte inside the text, at the beginning of a character; the end of the text becomes the end of what is
    /// visible of it.
    pub(crate) fn clamped(&self, byte: u32) -> usize {
        let mut byte = byte as usize;
        if byte >= self.text.len() {
            return self.text.trim_end().len();
        }
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at as u32 + 1)).collect()
        })
    }
}

/// The table of all sources of one scenario.
pub struct Sources {
    files: Box<dyn Files>,
    entries: Mutex<Vec<Arc<Source>>>,
}

impl Default for Sources {
    fn default() -> Self {
        Sources::new(Disk)
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.all().iter().map(|source| source.name().to_owned())).finish()
    }
}

impl Sources {
    /// No source yet; files come from `files`.
    pub fn new(files: impl Files + 'static) -> Self {
        Sources { files: Box::new(files), entries: Mutex::default() }
    }

    /// Source number `number`.
    pub fn get(&self, number: u16) -> Option<Arc<Source>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(usize::from(number)).cloned()
    }

    /// Every source, by number.
    pub fn all(&self) -> Vec<Arc<Source>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The text an origin covers; empty if it is nowhere.
    pub fn excerpt(&self, origin: Origin) -> String {
        let Some(source) = self.get(origin.source) else { return String::new() };
        let (start, end) = (source.clamped(origin.start), source.clamped(origin.end));
        source.text.get(start..end).unwrap_or("").to_owned()
    }

    /// Adds a text that is no file, such as what the command line sets; names in it are relative to the folder of
    /// the file at `place`.
    ///
    /// # Errors
    /// A complaint when there are more sources than numbers (65,535).
    pub fn add_text(&self, name: &str, text: &str, place: &str) -> Result<u16, Complaint> {
        self.add(Source {
            name: name.to_owned(),
            text: text.to_owned(),
            place: place.to_owned(),
            is_file: false,
            lines: OnceLock::new(),
        })
    }

    /// Opens the file at `path`, once; `at` is where it is named.
    ///
    /// # Errors
    /// A complaint at `at` if it cannot be read (`LW0122`) or is too large (`LW0113`), inside the file if it is not
    /// UTF-8 (`LW0114`).
    pub fn open(&self, path: &str, at: Origin) -> Result<u16, Complaint> {
        let known = self.all().iter().position(|source| source.is_file && source.name == path);
        if let Some(number) = known.and_then(|index| u16::try_from(index).ok()) {
            return Ok(number);
        }
        let bytes = self.files.read(path).map_err(|error| {
            let message = format!("\"{path}\" cannot be read: {}", describe(&error));
            Complaint::new(&codes::UNREADABLE, at, message).label("this file").help(self.instead_of(path, at))
        })?;
        if bytes.len() > limits::SOURCE_BYTES {
            let limit = limits::SOURCE_BYTES >> 20;
            return Err(Complaint::new(&codes::TOO_LARGE, at, format!("\"{path}\" holds more than {limit} MiB"))
                .label("this file")
                .help("split it; long lists belong into CSV files"));
        }
        let (text, damaged) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                // What is good of it is kept, so that the complaint can show its line.
                let mut text = String::from_utf8_lossy(&bytes[..offset]).into_owned();
                text.push(char::REPLACEMENT_CHARACTER);
                (text, Some((offset, bytes[offset])))
            }
        };
        let lines = OnceLock::new();
        let number = self.add(Source { name: path.to_owned(), text, place: path.to_owned(), is_file: true, lines })?;
        match damaged {
            None => Ok(number),
            Some((offset, byte)) => Err(Complaint::new(
                &codes::NOT_TEXT,
                Origin::new(number, offset as u32, offset as u32 + 3),
                format!("\"{path}\" is not UTF-8 at byte {offset}"),
            )
            .label(format!("the byte 0x{byte:02x} begins no character"))
            .help("save the file as UTF-8")),
        }
    }

    /// The names of the files in a folder, in order, as far as they can be told.
    pub fn names_in(&self, folder: &str) -> Vec<String> {
        self.files.names(&format!("{}/", folder.trim_end_matches('/')))
    }

    /// The path of the file that is most like the one at `path`, which is not there, if any is like it.
    pub fn near(&self, path: &str) -> Option<String> {
        let (folder, name) = path.split_at(path.rfind(['/', '\\']).map_or(0, |slash| slash + 1));
        let names = self.files.names(folder);
        nearest(name, names.iter().map(String::as_str)).map(|near| format!("{folder}{near}"))
    }

    /// What to do about the file at `path`, which cannot be read and is named at `at`.
    fn instead_of(&self, path: &str, at: Origin) -> String {
        match self.near(path) {
            // In a file, names begin in its folder; on the command line, where the user is.
            Some(near) if at.is_known() => {
                let name = near.rsplit(['/', '\\']).next().unwrap_or(&near);
                format!("did you mean the file \"{name}\" beside it?")
            }
            Some(near) => format!("did you mean {near}?"),
            None if at.is_known() => "names of files are relative to the folder of the file they stand in".to_owned(),
            None => {
                "the path begins in the folder you are in; `linewright init` writes a scenario to begin with".to_owned()
            }
        }
    }

    /// The path of the file that is called `name` in the source of `at`.
    ///
    /// # Errors
    /// A complaint if the name is empty, absolute or written with backslashes (`LW0123`).
    pub fn beside(&self, name: &str, at: Origin) -> Result<String, Complaint> {
        let refuse = |message: String, label: &str| {
            Err(Complaint::new(&codes::BAD_FILE_NAME, at, message)
                .label(label)
                .help("name files relative to the folder of this file, with `/` between folders: \"data/orders.csv\""))
        };
        if name.is_empty() {
            return refuse("a file name is empty".into(), "expected the name of a file");
        }
        if name.contains('\\') {
            return refuse(format!("\"{}\" holds a backslash", name.escape_debug()), "expected `/` between folders");
        }
        let drive = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
        if name.starts_with('/') || drive {
            return refuse(format!("\"{name}\" is an absolute path"), "would not be found on another machine");
        }
        let place = self.get(at.source).map(|source| source.place.clone()).unwrap_or_default();
        let folder = place.rfind(['/', '\\']).map_or("", |slash| &place[..=slash]);
        Ok(format!("{folder}{name}"))
    }

    fn add(&self, source: Source) -> Result<u16, Complaint> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        match u16::try_from(entries.len()) {
            Ok(number) if number < u16::MAX => {
                entries.push(Arc::new(source));
                Ok(number)
            }
            _ => Err(Complaint::new(
                &codes::UNREADABLE,
                Origin::NOWHERE,
                "more than 65,535 files belong to this scenario",
            )
            .help("join some of the tables")),
        }
    }
}

/// The operating system's reason in words that are the same everywhere.
fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        io::ErrorKind::PermissionDenied => "you may not read it".into(),
        _ => error.to_string(),
    }
}

/// A path without `.` and with `..` taken back where that is possible: equal for two spellings of one file.
pub(crate) fn identity(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            "" if !parts.is_empty() => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(files: &[(&str, &[u8])]) -> Sources {
        Sources::new(files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn positions_count_lines_and_characters() {
        let sources = memory(&[("a.ron", "erste\n größe: 1\r\nend \n\n".as_bytes())]);
        let number = sources.open("a.ron", Origin::NOWHERE).expect("a good file");
        let source = sources.get(number).expect("just opened");
        for (byte, expected) in [
            (0, (1, 1)),
            (5, (1, 6)),
            (6, (2, 1)),
            (7, (2, 2)),
            (12, (2, 5)),
            (14, (2, 7)),
            (19, (3, 1)),
            (999, (3, 4)),
        ] {
            assert_eq!(source.position(byte), expected, "byte {byte}");
        }
    }

    #[test]
    fn names_are_relative_to_the_file_they_stand_in() {
        let sources = memory(&[("plants/a.ron", b"1")]);
        let number = sources.open("plants/a.ron", Origin::NOWHERE).expect("a good file");
        let at = Origin::new(number, 0, 1);
        for (name, expected) in [
            ("b.ron", Some("plants/b.ron")),
            ("../data/b.csv", Some("plants/../data/b.csv")),
            ("/etc/passwd", None),
            ("C:/b.csv", None),
            ("data\\b.csv", None),
            ("", None),
        ] {
            assert_eq!(sources.beside(name, at).ok().as_deref(), expected, "{name}");
        }
        for (path, expected) in
            [("a/./b/../c.ron", "a/c.ron"), ("../../a", "../../a"), ("/a/../b", "/b"), ("a//b", "a/b")]
        {
            assert_eq!(identity(path), expected);
        }
    }

    #[test]
    fn files_that_cannot_be_read_are_complained_of() {
        let sources = memory(&[("latin.ron", b"name: \"M\xfchle\"")]);
        let complaint = sources.open("latin.ron", Origin::NOWHERE).expect_err("Latin-1");
        assert_eq!((complaint.code.id, complaint.origin.start), ("LW0114", 8));
        assert!(complaint.message.contains("byte 8"));
        let at = Origin::new(0, 1, 2);
        let complaint = sources.open("none.ron", at).expect_err("no such file");
        assert_eq!((complaint.code.id, complaint.origin), ("LW0122", at));
        assert!(complaint.help.is_some_and(|help| help.contains("relative to the folder")));
        let help = |at: Origin| sources.open("latni.ron", at).expect_err("no such file").help.unwrap_or_default();
        assert_eq!(help(at), "did you mean the file \"latin.ron\" beside it?");
        assert_eq!(help(Origin::NOWHERE), "did you mean latin.ron?");
    }
}
