//! Tables as Apache Parquet, for programs that read columns: DuckDB, Polars, pandas, Spark.
//!
//! Rows are gathered column by column and written as a row group as soon as they take up a bounded amount of memory.
//! The file is the same bytes for the same rows: nothing in it tells when, where or in how many steps it was written.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use scenario::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use scenario::parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use scenario::parquet::errors::ParquetError;
use scenario::parquet::file::properties::{EnabledStatistics, WriterProperties};
use scenario::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use scenario::parquet::schema::types::{Type, TypePtr};

use super::table::{Cell, TableColumn, TableFile, TableKind};
use scenario::staged::{FileError, Staged};

/// Most rows of a row group: about what DuckDB and Arrow write themselves, enough for a reader to skip and to share out.
const ROWS: usize = 1 << 17;
/// A row group ends as soon as its values take up so many bytes, however few rows that are.
const BYTES: usize = 32 << 20;

/// A table in the making.
pub(super) struct ParquetTable {
    writer: SerializedFileWriter<Staged>,
    place: PathBuf,
    /// What is not in the file yet.
    gathered: Vec<Gathered>,
    rows: usize,
    bytes: usize,
}

/// Values of one column.
enum Gathered {
    Text(Vec<ByteArray>),
    /// The bits of numbers without sign, as Parquet stores them.
    Whole(Vec<i64>),
    /// The values that are there, and for each row whether it has one (1) or none (0).
    Number(Vec<f64>, Vec<i16>),
}

impl ParquetTable {
    /// Begins the file `name` with these columns.
    pub fn create(directory: &Path, name: &str, columns: &[TableColumn]) -> Result<Self, FileError> {
        let file = Staged::create(directory, name)?;
        let place = file.place().to_owned();
        // Statistics of whole chunks let a reader skip row groups; those of pages would be as large as short columns.
        let properties = WriterProperties::builder()
            .set_created_by(concat!("linewright version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let writer = schema(columns).and_then(|schema| SerializedFileWriter::new(file, schema, Arc::new(properties)));
        let writer = writer.map_err(|error| file_error(&place, error))?;
        let gathered = columns.iter().map(|column| Gathered::new(column.kind)).collect();
        Ok(ParquetTable { writer, place, gathered, rows: 0, bytes: 0 })
    }

    /// Writes what is gathered as a row group.
    fn write_group(&mut self) -> Result<(), FileError> {
        if self.rows == 0 {
            return Ok(());
        }
        (self.rows, self.bytes) = (0, 0);
        let written = self.writer.next_row_group().and_then(|mut group| {
            self.gathered.iter_mut().try_for_each(|column| column.write(&mut group))?;
            group.close()
        });
        written.map(drop).map_err(|error| file_error(&self.place, error))
    }
}

impl TableFile for ParquetTable {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), FileError> {
        for (column, cell) in self.gathered.iter_mut().zip(cells) {
            self.bytes += column.add(cell);
        }
        self.rows += 1;
        if self.rows >= ROWS || self.bytes >= BYTES { self.write_group() } else { Ok(()) }
    }

    fn commit(mut self: Box<Self>) -> Result<(), FileError> {
        self.write_group()?;
        let ParquetTable { writer, place, .. } = *self;
        writer.into_inner().map_err(|error| file_error(&place, error))?.commit()
    }
}

impl Gathered {
    fn new(kind: TableKind) -> Self {
        match kind {
            TableKind::Text => Gathered::Text(Vec::new()),
            TableKind::Whole => Gathered::Whole(Vec::new()),
            TableKind::Number => Gathered::Number(Vec::new(), Vec::new()),
        }
    }

    /// Adds a cell; answers with the bytes it takes up. A cell of another kind than its column is left out, and the row group
    /// then lacks a row, which is an error when it is written.
    fn add(&mut self, cell: &Cell<'_>) -> usize {
        match (self, cell) {
            (Gathered::Text(values), Cell::Text(text)) => {
                values.push(ByteArray::from(*text));
                size_of::<ByteArray>() + text.len()
            }
            (Gathered::Whole(values), Cell::Whole(number)) => {
                values.push(number.cast_signed());
                size_of::<i64>()
            }
            (Gathered::Number(values, presence), Cell::Number(number)) => {
                // As in text: no infinity, and one zero.
                let is_there = number.is_finite();
                presence.push(i16::from(is_there));
                values.extend(is_there.then_some(number + 0.0));
                size_of::<f64>() + size_of::<i16>()
            }
            (Gathered::Text(_) | Gathered::Whole(_) | Gathered::Number(..), _) => 0,
        }
    }

    /// Writes and forgets the values.
    fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, Staged>) -> Result<(), ParquetError> {
        let Some(mut column) = group.next_column()? else { return Ok(()) };
        match self {
            Gathered::Text(values) => {
                column.typed::<ByteArrayType>().write_batch(values, None, None)?;
                values.clear();
            }
            Gathered::Whole(values) => {
                column.typed::<Int64Type>().write_batch(values, None, None)?;
                values.clear();
            }
            Gathered::Number(values, presence) => {
                column.typed::<DoubleType>().write_batch(values, Some(presence), None)?;
                values.clear();
                presence.clear();
            }
        }
        column.close()
    }
}

/// The columns as Parquet knows them: only numbers can be missing.
fn schema(columns: &[TableColumn]) -> Result<TypePtr, ParquetError> {
    let fields = columns.iter().map(|column| {
        let (physical, logical, repetition) = match column.kind {
            TableKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
            TableKind::Whole => (Physical::INT64, Some(LogicalType::integer(64, false)), Repetition::REQUIRED),
            TableKind::Number => (Physical::DOUBLE, None, Repetition::OPTIONAL),
        };
        let field = Type::primitive_type_builder(&column.name, physical);
        field.with_logical_type(logical).with_repetition(repetition).build().map(Arc::new)
    });
    let fields = fields.collect::<Result<Vec<TypePtr>, ParquetError>>()?;
    Type::group_type_builder("table").with_fields(fields).build().map(Arc::new)
}

/// What the operating system says, where it said something.
fn file_error(place: &Path, error: ParquetError) -> FileError {
    let error = match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        error => io::Error::other(error),
    };
    FileError::at(place)(error)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use scenario::parquet::file::reader::{FileReader, SerializedFileReader};
    use scenario::parquet::record::RowAccessor;

    use super::*;

    /// A directory that goes with it.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("linewright-parquet-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).expect("a directory");
            Scratch(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            // What cannot be removed is left to the operating system.
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn columns() -> [TableColumn; 3] {
        let kinds = [("name", TableKind::Text), ("count", TableKind::Whole), ("value", TableKind::Number)];
        kinds.map(|(name, kind)| TableColumn::new(name, kind))
    }

    /// Writes so many rows, each with a text that is longer than that.
    fn write(scratch: &Scratch, name: &str, rows: u64, length: usize) -> PathBuf {
        let mut table = Box::new(ParquetTable::create(&scratch.0, name, &columns()).expect("a table"));
        for row in 0..rows {
            let text = format!("{row}{}", "x".repeat(length));
            let value = if row % 3 == 0 { f64::NAN } else { row as f64 / 7.0 };
            table.row(&[Cell::Text(&text), Cell::Whole(u64::MAX - row), Cell::Number(value)]).expect("a row");
        }
        table.commit().expect("in place");
        scratch.0.join(name)
    }

    fn group_sizes(path: &Path) -> Vec<i64> {
        let reader = SerializedFileReader::new(fs::File::open(path).expect("a file")).expect("a table");
        reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect()
    }

    #[test]
    fn memory_is_bounded_by_rows_and_by_bytes() {
        let scratch = Scratch::new("bounded");
        assert_eq!(group_sizes(&write(&scratch, "none.parquet", 0, 1)), [0i64; 0]);
        assert_eq!(group_sizes(&write(&scratch, "rows.parquet", 131_080, 1)), [131_072, 8]);
        let by_bytes = group_sizes(&write(&scratch, "bytes.parquet", 18, 4 << 20));
        assert_eq!(by_bytes, [8, 8, 2]);
    }

    #[test]
    fn the_same_rows_are_the_same_bytes_and_come_back() {
        let scratch = Scratch::new("same");
        let path = write(&scratch, "one.parquet", 20_000, 2);
        let other = write(&scratch, "other.parquet", 20_000, 2);
        assert!(fs::read(&path).ok() == fs::read(other).ok(), "the bytes differ");
        let reader = SerializedFileReader::new(fs::File::open(&path).expect("a file")).expect("a table");
        let mut rows = 0;
        for (number, row) in reader.into_iter().enumerate() {
            let row = row.expect("a row");
            assert_eq!(row.get_string(0).expect("a text"), &format!("{number}xx"));
            assert_eq!(row.get_ulong(1).expect("a whole number"), u64::MAX - number as u64);
            let value = if number % 3 == 0 { None } else { Some(number as f64 / 7.0) };
            assert_eq!(row.get_double(2).ok(), value);
            rows += 1;
        }
        assert_eq!(rows, 20_000);
    }

    #[test]
    fn a_table_that_is_given_up_or_wrong_leaves_nothing_behind() {
        let scratch = Scratch::new("given-up");
        let mut table = ParquetTable::create(&scratch.0, "wrong.parquet", &columns()).expect("a table");
        table.row(&[Cell::Text("a"), Cell::Number(1.0), Cell::Number(2.0)]).expect("not looked at yet");
        assert!(Box::new(table).commit().is_err(), "a cell is missing");
        drop(ParquetTable::create(&scratch.0, "given-up.parquet", &columns()).expect("a table"));
        assert_eq!(fs::read_dir(&scratch.0).expect("a directory").count(), 0);
    }
}
