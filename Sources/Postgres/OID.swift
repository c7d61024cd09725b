/// Object ids of the built-in types that this module reads or writes; fixed for ever by PostgreSQL's `pg_type.dat`.
enum OID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let char: UInt32 = 18
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let json: UInt32 = 114
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let unknown: UInt32 = 705
    static let bpchar: UInt32 = 1_042
    static let varchar: UInt32 = 1_043
    static let timestamptz: UInt32 = 1_184
    static let numeric: UInt32 = 1_700
    static let uuid: UInt32 = 2_950
    static let jsonb: UInt32 = 3_802
    static let snapshot: UInt32 = 5_038
    static let xid8: UInt32 = 5_069

    static let boolArray: UInt32 = 1_000
    static let byteaArray: UInt32 = 1_001
    static let int2Array: UInt32 = 1_005
    static let int4Array: UInt32 = 1_007
    static let textArray: UInt32 = 1_009
    static let int8Array: UInt32 = 1_016
    static let float8Array: UInt32 = 1_022
    static let jsonArray: UInt32 = 199
    static let timestamptzArray: UInt32 = 1_185
    static let numericArray: UInt32 = 1_231
    static let uuidArray: UInt32 = 2_951
    static let jsonbArray: UInt32 = 3_807
    static let snapshotArray: UInt32 = 5_039
    static let xid8Array: UInt32 = 271

    /// Ids from here on belong to types that somebody created (`FirstNormalObjectId` in PostgreSQL's `transam.h`).
    static let firstUserDefined: UInt32 = 16_384
}
