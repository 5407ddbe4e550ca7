//! The payload of Sparkplug B, a message of Protocol Buffers: what is used of it (specification 6.4.1, "Google Protocol Buffer
//! Schema"). Everything else is skipped when read.

/// A type of a metric (6.4.16, "Data Types").
pub(crate) mod datatype {
    pub(crate) const INT8: u32 = 1;
    pub(crate) const INT16: u32 = 2;
    pub(crate) const INT32: u32 = 3;
    pub(crate) const INT64: u32 = 4;
    pub(crate) const UINT8: u32 = 5;
    pub(crate) const UINT16: u32 = 6;
    pub(crate) const UINT32: u32 = 7;
    pub(crate) const UINT64: u32 = 8;
    pub(crate) const FLOAT: u32 = 9;
    pub(crate) const DOUBLE: u32 = 10;
    pub(crate) const BOOLEAN: u32 = 11;
    pub(crate) const STRING: u32 = 12;
    pub(crate) const DATE_TIME: u32 = 13;
    pub(crate) const TEXT: u32 = 14;
    pub(crate) const UUID: u32 = 15;
}

/// What all topics begin with.
pub(crate) const NAMESPACE: &str = "spBv1.0";
/// The metric that tells one session of an edge node from the next.
pub(crate) const BD_SEQ: &str = "bdSeq";
/// The metric that asks an edge node for a new birth.
pub(crate) const REBIRTH: &str = "Node Control/Rebirth";
/// What the names of metrics begin with that are there to command the node.
pub(crate) const NODE_CONTROL: &str = "Node Control/";

/// The property of metrics that no plant tells, but what plays one.
pub(crate) const SIMULATED: &str = "simulated";

/// A message.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Payload {
    /// When it was published, in milliseconds since 1970.
    #[prost(uint64, optional, tag = "1")]
    pub timestamp: Option<u64>,
    /// Each a [`Metric`], not read yet: one that cannot be read does not spoil the others.
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub metrics: Vec<Vec<u8>>,
    /// Its number, from 0 to 255.
    #[prost(uint64, optional, tag = "3")]
    pub seq: Option<u64>,
}

/// A value and what it is a value of.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Metric {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(uint64, optional, tag = "2")]
    pub alias: Option<u64>,
    /// When the value was captured, in milliseconds since 1970.
    #[prost(uint64, optional, tag = "3")]
    pub timestamp: Option<u64>,
    #[prost(uint32, optional, tag = "4")]
    pub datatype: Option<u32>,
    #[prost(bool, optional, tag = "7")]
    pub is_null: Option<bool>,
    #[prost(message, optional, tag = "9")]
    pub properties: Option<PropertySet>,
    #[prost(oneof = "MetricValue", tags = "10, 11, 12, 13, 14, 15")]
    pub value: Option<MetricValue>,
}

/// A value of a metric, as far as it is a single one.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum MetricValue {
    #[prost(uint32, tag = "10")]
    Int(u32),
    #[prost(uint64, tag = "11")]
    Long(u64),
    #[prost(float, tag = "12")]
    Float(f32),
    #[prost(double, tag = "13")]
    Double(f64),
    #[prost(bool, tag = "14")]
    Boolean(bool),
    #[prost(string, tag = "15")]
    Text(String),
}

/// What else is said of a metric: names and as many values.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct PropertySet {
    #[prost(string, repeated, tag = "1")]
    pub keys: Vec<String>,
    #[prost(message, repeated, tag = "2")]
    pub values: Vec<PropertyValue>,
}

/// A value of a property.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct PropertyValue {
    #[prost(uint32, optional, tag = "1")]
    pub datatype: Option<u32>,
    #[prost(oneof = "PropertyContent", tags = "3, 4, 7")]
    pub value: Option<PropertyContent>,
}

/// A value of a property, as far as any is used.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum PropertyContent {
    #[prost(uint32, tag = "3")]
    Int(u32),
    #[prost(uint64, tag = "4")]
    Long(u64),
    #[prost(bool, tag = "7")]
    Boolean(bool),
}
