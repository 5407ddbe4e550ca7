//! Tables as Apache Parquet, for programs that read columns: DuckDB, Polars, pandas, Spark.
//!
//! Rows are gathered column by column and written as a row group as soon as they take up a bounded amount of memory.
//! The file is the same bytes for the same rows: nothing in it tells when, where or in how many steps it was written.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::table::{Cell, TableColumn, TableFile, TableKind};
use crate::journal::staged::{FileError, Staged};

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
