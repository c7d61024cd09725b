/// The parameters of one statement as libpq takes them: four arrays of one length.
struct Parameters {
    private let types: [UInt32]
    private let lengths: [Int32]
    private let formats: [Int32]
    private var storage: [UInt8] = []
    private var offsets: [Int] = []

    /// - Throws: an encoding error for more parameters than the protocol counts, and for text with a NUL character, which libpq would cut off there in silence.
    init(_ sql: SQL, location: CallSite) throws {
        let binds = sql.binds
        guard binds.count <= 65_535 else {
            throw PostgresError(
                .encoding, "a statement takes at most 65535 parameters, not \(binds.count)", statement: sql.text, location: location)
        }
        types = binds.map(\.oid)
        lengths = binds.map { Int32(clamping: $0.bytes?.count ?? 0) }
        formats = binds.map { $0.isBinary ? 1 : 0 }
        storage.reserveCapacity(binds.reduce(0) { $0 + ($1.bytes?.count ?? 0) + 1 })
        offsets.reserveCapacity(binds.count)
        for (index, bind) in binds.enumerated() {
            guard let bytes = bind.bytes else {
                offsets.append(-1)
                continue
            }
            if !bind.isBinary, bytes.contains(0) {
                throw PostgresError(
                    .encoding, "parameter \(index + 1) holds a NUL character, which PostgreSQL cannot store in text", statement: sql.text,
                    location: location)
            }
            offsets.append(storage.count)
            storage += bytes
            storage.append(0)
        }
    }

    func withPointers<R>(
        _ body: (
            _ count: Int32, _ types: UnsafePointer<UInt32>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
            _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        guard !offsets.isEmpty else { return body(0, nil, nil, nil, nil) }
        return storage.withUnsafeBytes { storage in
            let values = offsets.map { offset -> UnsafePointer<CChar>? in
                offset < 0 ? nil : storage.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
            }
            return body(Int32(offsets.count), types, values, lengths, formats)
        }
    }
}
