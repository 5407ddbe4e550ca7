//! Parquet files: an observation a row. Only the columns that are asked for are read, and each has to be of a plain type.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use scenario::parquet::basic::{ConvertedType, Type as Physical};
use scenario::parquet::errors::ParquetError;
use scenario::parquet::file::reader::{FileReader, SerializedFileReader};
use scenario::parquet::record::reader::RowIter;
use scenario::parquet::record::{Field, Row};
use scenario::parquet::schema::types::Type;

use super::template::{Template, Wanted, columns};
use super::{Addresses, Records};
use crate::feed::FeedError;
use crate::observation::{Observation, Quality, Reading, Stamps};
use crate::wall_time::{TimeFormat, WallTime};

/// A file that is read.
pub(super) struct Parquet {
    source: u16,
    path: String,
    rows: RowIter<'static>,
    time: usize,
    format: TimeFormat,
    address: Template,
    value: Option<usize>,
    addresses: Addresses,
    latest: WallTime,
}

impl Parquet {
    pub(super) fn new(source: u16, path: String, file: File, wanted: &Wanted<'_>) -> Result<Self, FeedError> {
        let refuse = |message: String| FeedError { subject: path.clone(), message, retryable: false };
        let unreadable = |error: ParquetError| refuse(error.to_string());
        let reader = guarded(|| SerializedFileReader::new(file)).map_err(unreadable)?;
        let schema = reader.metadata().file_metadata().schema().clone();
        let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
        let mut chosen: Vec<&str> = Vec::new();
        let mut choose = |name: &str| match names.iter().find(|known| **known == name) {
            Some(name) => {
                if !chosen.contains(name) {
                    chosen.push(name);
                }
                Ok(())
            }
            None => Err(refuse(format!("there is no column \"{name}\"; there are: {}", names.join(", ")))),
        };
        choose(wanted.time)?;
        wanted.value.map(&mut choose).transpose()?;
        for name in columns(wanted.address) {
            choose(name)?;
        }
        // In the order of the file, as rows come.
        let fields: Vec<_> =
            schema.get_fields().iter().filter(|field| chosen.contains(&field.name())).cloned().collect();
        for field in &fields {
            check(field).map_err(&refuse)?;
        }
        let place = |name: &str| {
            fields.iter().position(|field| field.name() == name).ok_or_else(|| refuse(format!("no column \"{name}\"")))
        };
        let (time, value) = (place(wanted.time)?, wanted.value.map(place).transpose()?);
        let address = Template::read(wanted.address, place)?;
        let projection = Type::group_type_builder(schema.name()).with_fields(fields.clone()).build();
        let projection = projection.map_err(unreadable)?;
        let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection)).map_err(unreadable)?;
        Ok(Parquet {
            source,
            path: path.clone(),
            rows,
            time,
            format: wanted.format,
            address,
            value,
            addresses: Addresses::default(),
            latest: WallTime::from_nanos(0),
        })
    }

    fn observation(&mut self, row: &Row) -> Observation {
        let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        let at = fields.get(self.time).and_then(|field| time(field, self.format));
        self.latest = at.unwrap_or(self.latest);
        let reading = match self.value {
            None => Reading::Nothing,
            Some(column) => fields.get(column).map_or(Reading::Nothing, |field| reading(field)),
        };
        let address = self.address.filled(|column, text| {
            if let Some(field) = fields.get(column) {
                push(field, text);
            }
        });
        Observation {
            source: self.source,
            address: self.addresses.shared(address),
            reading,
            stamps: Stamps { source: at, server: None, arrival: self.latest },
            quality: if at.is_some() { Quality::Good } else { Quality::Bad },
            sequence: None,
            is_simulated: false,
            is_standing: false,
        }
    }
}

impl Records for Parquet {
    fn next(&mut self) -> Result<Option<Observation>, FeedError> {
        let next = guarded(|| match self.rows.next().transpose()? {
            Some(row) => Ok(Some(self.observation(&row))),
            None => Ok(None),
        });
        next.map_err(|error| FeedError { subject: self.path.clone(), message: error.to_string(), retryable: false })
    }
}

/// The reader of the library panics on some files that are damaged; to us that is an error like any other.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ParquetError::General("the file is damaged".to_owned())))
}

/// Refuses what has no plain value.
fn check(field: &Arc<Type>) -> Result<(), String> {
    let name = field.name();
    if !field.is_primitive() {
        return Err(format!("the column \"{name}\" is nested: only plain values can be observed"));
    }
    let info = field.get_basic_info();
    let is_plain = match field.get_physical_type() {
        Physical::FIXED_LEN_BYTE_ARRAY => info.converted_type() == ConvertedType::DECIMAL,
        physical => physical != Physical::INT96,
    };
    if is_plain {
        return Ok(());
    }
    Err(format!("the column \"{name}\" has values of a type that cannot be observed: write numbers, texts or times"))
}

fn time(field: &Field, format: TimeFormat) -> Option<WallTime> {
    match field {
        Field::TimestampMillis(millis) => Some(WallTime::from_nanos(millis.checked_mul(1_000_000)?)),
        Field::TimestampMicros(micros) => Some(WallTime::from_nanos(micros.checked_mul(1_000)?)),
        Field::Double(number) => WallTime::read(&format!("{number:.9}"), format),
        other => {
            let mut text = String::new();
            push(other, &mut text);
            WallTime::read(&text, format)
        }
    }
}

fn reading(field: &Field) -> Reading {
    match field {
        Field::Null => Reading::Nothing,
        Field::Bool(truth) => Reading::Truth(*truth),
        Field::Float(number) => Reading::Number(f64::from(*number)),
        Field::Double(number) => Reading::Number(*number),
        Field::Str(text) => Reading::of_text(text),
        other => {
            let mut text = String::new();
            push(other, &mut text);
            Reading::of_text(&text)
        }
    }
}

/// Appends a value as text.
fn push(field: &Field, text: &mut String) {
    match field {
        Field::Null => {}
        Field::Str(value) => text.push_str(value.trim()),
        Field::Bytes(value) => text.push_str(&String::from_utf8_lossy(value.data())),
        other => text.push_str(&other.to_string()),
    }
}
