import Cryptography
import FoundationEssentials
import Kernel

/// The hash of an event: SHA-256 over its envelope in a fixed order. Computed once, where the row is written; whoever checks it reads the
/// stored columns and never serialises JSON.
///
/// The preimage is the byte `0x01` (the version of this format) and then each field as a 4-byte big-endian length and its bytes, an absent
/// field as length -1. Values have the bytes of PostgreSQL's binary send functions, so that SQL can compute the same:
///
/// | # | field | bytes |
/// | --- | --- | --- |
/// | 1 | id | 16, `uuid_send` |
/// | 2 | source | UTF-8, the service's name |
/// | 3 | type | UTF-8 |
/// | 4 | subject | 16 |
/// | 5 | sequence | 8, `int8send` |
/// | 6 | time | 8, `timestamptz_send`: microseconds since 2000-01-01 UTC |
/// | 7 | organization id | 16 or absent |
/// | 8 | correlation id | 16 |
/// | 9 | causation id | 16 or absent |
/// | 10 | actor | UTF-8 |
/// | 11 | traceparent | UTF-8 or absent |
/// | 12 | data | UTF-8, the stored JSON text |
public enum EventHash {
    static let formatVersion: UInt8 = 1
    /// Where PostgreSQL's binary format of a time counts from.
    static let microsecondsTo2000 = Timestamp(year: 2000, month: 1, day: 1).microseconds

    /// What the hash is taken over. Position and transaction are not in it: they are assigned later, and the audit log's leaves add the
    /// position.
    public static func preimage(of event: StoredEvent) -> [UInt8] {
        var bytes = FieldBytes()
        bytes.append(event.id)
        bytes.append(event.source)
        bytes.append(event.type)
        bytes.append(event.subject)
        bytes.append(event.sequence)
        bytes.append(event.time.microseconds - microsecondsTo2000)
        bytes.append(event.organizationId)
        bytes.append(event.correlationId)
        bytes.append(event.causationId)
        bytes.append(event.actor)
        bytes.append(event.traceparent)
        bytes.append(event.data)
        return bytes.bytes
    }

    public static func hash(of event: StoredEvent) -> [UInt8] {
        SHA256.hash(preimage(of: event))
    }
}

private struct FieldBytes {
    private(set) var bytes: [UInt8]

    init() {
        bytes = []
        bytes.reserveCapacity(512)
        bytes.append(EventHash.formatVersion)
    }

    private mutating func appendLength(_ length: Int32) {
        withUnsafeBytes(of: length.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ id: UUID?) {
        guard let id else { return appendLength(-1) }
        appendLength(16)
        withUnsafeBytes(of: id.uuid) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: String?) {
        guard let text else { return appendLength(-1) }
        appendLength(Int32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ number: Int64) {
        appendLength(8)
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
