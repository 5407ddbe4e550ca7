//! CSV files: a header, then an observation a row.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use ::csv::{Reader, ReaderBuilder, StringRecord};

use super::template::{Template, Wanted};
use super::{Addresses, Records};
use crate::feed::FeedError;
use crate::observation::{Observation, Quality, Reading, Stamps};
use crate::wall_time::{TimeFormat, WallTime};

/// A file that is read.
pub(super) struct Csv {
    source: u16,
    path: String,
    reader: Reader<BufReader<File>>,
    record: StringRecord,
    time: usize,
    format: TimeFormat,
    address: Template,
    value: Option<usize>,
    addresses: Addresses,
    /// The last time that could be read: what a row without one came after.
    latest: WallTime,
    /// Whether a time was read.
    is_begun: bool,
    /// Columns of the header.
    columns: usize,
}

impl Csv {
    pub(super) fn new(
        source: u16,
        path: String,
        file: BufReader<File>,
        wanted: &Wanted<'_>,
    ) -> Result<Self, FeedError> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let refuse = |message: String| FeedError { subject: path.clone(), message, retryable: false };
        let header = reader.headers().map_err(|error| refuse(error.to_string()))?.clone();
        let column = |name: &str| {
            let known = || header.iter().collect::<Vec<_>>().join(", ");
            let found = header.iter().position(|column| column.trim() == name);
            found.ok_or_else(|| refuse(format!("there is no column \"{name}\"; there are: {}", known())))
        };
        let columns = header.len();
        let address = Template::read(wanted.address, column)?;
        let (time, value) = (column(wanted.time)?, wanted.value.map(column).transpose()?);
        let format = wanted.format;
        Ok(Csv {
            source,
            path,
            reader,
            record: StringRecord::new(),
            time,
            format,
            address,
            value,
            addresses: Addresses::default(),
            latest: WallTime::from_nanos(0),
            is_begun: false,
            columns,
        })
    }

    /// The fields of the present row that mean something here.
    fn used(&self) -> impl Iterator<Item = &str> {
        let columns = self.address.columns().chain([self.time]).chain(self.value);
        columns.filter_map(|column| self.record.get(column))
    }

    fn address(&mut self) -> Arc<str> {
        let record = &self.record;
        let text = self.address.filled(|column, text| text.push_str(record.get(column).unwrap_or("").trim()));
        self.addresses.shared(text)
    }
}

impl Records for Csv {
    fn next(&mut self) -> Result<Option<Observation>, FeedError> {
        match self.reader.read_record(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => {
                return Err(FeedError { subject: self.path.clone(), message: error.to_string(), retryable: false });
            }
        }
        let row = self.record.position().map_or(0, csv::Position::line);
        let refuse = |message: String| FeedError { subject: self.path.clone(), message, retryable: false };
        // A remark may go over several lines; what is looked for here never does, and a quote that stays open takes the rest of the
        // file for one value.
        let is_torn = self.record.len() != self.columns || self.used().any(|field| field.contains('\n'));
        if is_torn && self.record.iter().any(|field| field.contains('\n')) {
            return Err(refuse(format!("row {row}: a quotation mark (\") that is opened is not closed in its row")));
        }
        let text = self.record.get(self.time).unwrap_or("");
        let at = WallTime::read(text, self.format);
        // One that cannot be read among others is counted; if the first one cannot, no one can.
        if at.is_none() && !std::mem::replace(&mut self.is_begun, true) {
            let (text, format) = (text.trim(), self.format.in_words());
            return Err(refuse(format!(
                "row {row}: the time \"{text}\" is not {format}: `time_format` says how times are written"
            )));
        }
        self.is_begun = true;
        self.latest = at.unwrap_or(self.latest);
        let reading = match self.value {
            None => Reading::Nothing,
            Some(column) => Reading::of_text(self.record.get(column).unwrap_or("")),
        };
        Ok(Some(Observation {
            source: self.source,
            address: self.address(),
            reading,
            stamps: Stamps { source: at, server: None, arrival: self.latest },
            quality: if at.is_some() { Quality::Good } else { Quality::Bad },
            sequence: None,
            is_simulated: false,
            is_standing: false,
        }))
    }
}
