//! Files that are whole or not there: written beside their place, brought to the disk, then renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// How the name of a file in the making ends.
const PARTIAL: &str = ".partial";

/// After so long a partial file belongs to nobody any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes what killed processes have left behind in `directory` long ago.
pub fn remove_abandoned(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|modified| SystemTime::now().duration_since(modified).ok());
        let is_partial = entry.file_name().to_string_lossy().ends_with(PARTIAL);
        if is_partial && age.is_some_and(|age| age > ABANDONED) {
            // What cannot be removed does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A file that could not be read or written.
#[derive(Debug)]
pub struct FileError {
    /// The file or directory.
    pub path: PathBuf,
    /// What the operating system says.
    pub error: io::Error,
}

impl FileError {
    /// `error` at `path`.
    pub fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> FileError {
        let path = path.into();
        move |error| FileError { path, error }
    }
}

impl std::fmt::Display for FileError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.error)
    }
}

/// A file that is not in its place yet. Dropped before that, it leaves nothing behind.
#[derive(Debug)]
pub struct Staged {
    place: PathBuf,
    temporary: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl Staged {
    /// Begins the file `name` in `directory`. Any number of processes may stage the same file; the last one to commit wins.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn create(directory: &Path, name: &str) -> Result<Self, FileError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let place = directory.join(name);
        if fs::metadata(&place).is_ok_and(|present| !present.is_file()) {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "it is there and no file");
            return Err(FileError { path: place, error });
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let temporary = directory.join(format!(".{name}.{}.{number}{PARTIAL}", std::process::id()));
        let file = File::create(&temporary).map_err(FileError::at(&place))?;
        Ok(Staged { place, temporary, writer: Some(BufWriter::with_capacity(1 << 16, file)) })
    }

    /// Where it will be.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Makes sure that the disk has it, and puts it in its place.
    ///
    /// # Errors
    /// If the disk is full or the directory has become read-only; the place is then as before.
    pub fn commit(mut self) -> Result<(), FileError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let placed = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.temporary, &self.place));
        placed.map_err(|error| {
            let _ = fs::remove_file(&self.temporary);
            FileError { path: self.place.clone(), error }
        })?;
        // The rename itself is on the disk only once the directory is; not every system can be asked for that.
        if let Some(directory) = self.place.parent().and_then(|parent| File::open(parent).ok()) {
            let _ = directory.sync_all();
        }
        Ok(())
    }
}

impl Write for Staged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Some(writer) => writer.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &Path) -> Vec<String> {
        let entries = fs::read_dir(path).expect("the scratch directory");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_whole_or_not_there() {
        let path = std::env::temp_dir().join(format!("linewright-staged-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a scratch directory");
        let mut given_up = Staged::create(&path, "a.csv").expect("a file");
        given_up.write_all(b"half").expect("written");
        drop(given_up);
        assert!(names(&path).is_empty());
        let mut kept = Staged::create(&path, "b.csv").expect("a file");
        kept.write_all(b"whole").expect("written");
        kept.commit().expect("in place");
        assert_eq!(names(&path), ["b.csv"]);
        assert_eq!(fs::read_to_string(path.join("b.csv")).ok().as_deref(), Some("whole"));
        fs::remove_dir_all(path).expect("cleaned up");
    }
}
