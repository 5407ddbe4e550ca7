// Reads and writes payloads of Sparkplug B with the library of Eclipse Tahu, for the tests beside it.
//
//   node payloads.js decode < payloads in hexadecimal, one a line      writes each as JSON
//   node payloads.js encode                                            writes a birth and data of every type, and what they say

const { get } = require("sparkplug-payload");
const { Payload } = require("sparkplug-payload/lib/sparkplugPayloadProto").org.eclipse.tahu.protobuf;
const Long = require("long");

const sparkplug = get("spBv1.0");
const plain = (key, value) => (Long.isLong(value) ? value.toString() : value);

function decode() {
    const lines = require("fs").readFileSync(0, "utf8").split("\n").filter((line) => line);
    for (const line of lines) {
        // Objects of the library that know how to write themselves would hide what they hold.
        const payload = sparkplug.decodePayload(Buffer.from(line, "hex"));
        const { metrics } = Payload.decode(Buffer.from(line, "hex"));
        payload.seq = Number(payload.seq);
        payload.timestamp = Number(payload.timestamp);
        for (const [index, metric] of payload.metrics.entries()) {
            metric.timestamp = Number(metric.timestamp);
            metric.alias = metric.alias === undefined ? null : Number(metric.alias);
            // Data have no type, and without one the library does not look for the value.
            metric.field = metrics[index].value;
            if (metric.field) metric.value = metrics[index][metric.field];
            if (Long.isLong(metric.value)) metric.value = metric.value.toNumber();
        }
        console.log(JSON.stringify(payload, plain));
    }
}

function encode() {
    const long = (text) => Long.fromString(text);
    const unsigned = (text) => Long.fromString(text, true);
    const values = [
        ["Int8", -128], ["Int8", 127], ["Int16", -32768], ["Int16", 32767],
        ["Int32", -2147483648], ["Int32", 2147483647],
        ["Int64", long("-9007199254740991")], ["Int64", long("-1")], ["Int64", long("9007199254740991")],
        ["UInt8", 255], ["UInt16", 65535], ["UInt32", 4294967295], ["UInt64", unsigned("18446744073709551615")],
        ["Float", 0.25], ["Float", -1e30], ["Double", 0.1], ["Double", -1e300],
        ["Boolean", true], ["Boolean", false], ["DateTime", 1479123452194],
        ["String", "12.5"], ["String", ""], ["Text", "grün"], ["UUID", "c2a8f2ba-3d4c-4ac7-b1ce-1aa6d8f0d9a0"],
    ];
    const unreadable = [
        ["DataSet", { numOfColumns: 1, types: ["Int32"], columns: ["a"], rows: [[1]] }],
        ["Bytes", new Uint8Array([1, 2])], ["File", new Uint8Array([3])],
        ["Template", { isDefinition: false, templateRef: "t", version: "1", metrics: [], parameters: [] }],
    ];
    const quality = (value) => ({ Quality: { type: "Int32", value } });
    const metrics = [];
    const expected = [];
    const add = (type, value, said, quality, more) => {
        const alias = metrics.length;
        metrics.push({ name: `${type} ${alias}`, alias, timestamp: 1700000000000 + alias, type, value, ...more });
        expected.push({ name: `${type} ${alias}`, alias, said, quality });
    };
    const number = (value) => (Long.isLong(value) ? value.toNumber() : value);
    for (const [type, value] of values) add(type, value, type === "Float" ? Math.fround(value) : number(value), "Good", {});
    for (const [type, value] of unreadable) add(type, value, null, "Bad", {});
    add("Double", 1.5, 1.5, "Good", { properties: quality(192) });
    add("Double", 2.5, 2.5, "Uncertain", { properties: quality(500) });
    add("Double", 3.5, 3.5, "Bad", { properties: quality(0) });
    add("Double", 4.5, 4.5, "Good", { isHistorical: true });
    add("Int32", null, null, "Bad", { isNull: true });
    const hex = (payload) => Buffer.from(sparkplug.encodePayload(payload)).toString("hex");
    const birth = hex({ timestamp: 1700000001000, seq: 0, metrics });
    // Data have numbers and no names.
    const nameless = metrics.map(({ name, ...metric }) => ({ ...metric, timestamp: metric.timestamp + 1000 }));
    const data = hex({ timestamp: 1700000002000, seq: 1, metrics: nameless });
    console.log(JSON.stringify({ birth, data, expected }));
}

({ decode, encode })[process.argv[2]]();
