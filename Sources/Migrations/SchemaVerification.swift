/// What `db verify` finds in a database that has been migrated.
public struct SchemaVerification: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A migration's file is not the one that ran.
        case drift
        /// The database has a migration that this binary does not know.
        case newer
        /// A migration is missing below one that is recorded.
        case gap
        /// The database is another service's.
        case foreign
        /// An index that a `no-transaction` migration began was never finished.
        case invalidIndex = "invalid_index"
    }

    public struct Finding: Sendable, Hashable, Codable {
        public let kind: Kind
        /// The component, number and name of the migration, as far as there is one.
        public let component: String?
        public let number: Int?
        public let name: String?
        /// One sentence for people: lower case, no full stop.
        public let message: String
        /// In lower-case hexadecimal, for ``Kind/drift``: what this binary has, and what was recorded when the migration ran.
        public let expectedChecksum: String?
        public let recordedChecksum: String?
    }

    public let service: String
    /// How many recorded migrations were compared; 0 where the database was never migrated.
    public let compared: Int
    public let findings: [Finding]

    public var isClean: Bool { findings.isEmpty }

    /// - Parameter invalidIndexes: the names of unfinished indexes.
    init(_ status: SchemaStatus, invalidIndexes: [String]) {
        service = status.service
        compared = status.migrations.count { $0.record != nil }
        findings =
            status.foreignComponents.map { component in
                Finding(.foreign, "the database has migrations of \"\(component)\", and should be that of \"\(status.service)\"", component)
            } + status.migrations.compactMap(Finding.init)
            + invalidIndexes.map { Finding(.invalidIndex, "index \"\($0)\" is invalid: drop it, and create it again", nil) }
    }
}

extension SchemaVerification.Finding {
    fileprivate init(_ kind: SchemaVerification.Kind, _ message: String, _ component: String?) {
        self.init(
            kind: kind, component: component, number: nil, name: nil, message: message, expectedChecksum: nil, recordedChecksum: nil)
    }

    /// `nil` for a migration that stands as it should.
    fileprivate init?(_ entry: SchemaStatus.Entry) {
        let kind: SchemaVerification.Kind
        let message: String
        switch entry.state {
        case .applied, .pending: return nil
        case .drifted:
            kind = .drift
            message = "\(entry.path) is not the file that ran: its text or its name has changed since"
        case .skipped:
            kind = .gap
            message = "\(entry.path) has not run, although a later one has"
        case .unknown:
            kind = .newer
            let writer = entry.record.map { "saasctl \($0.binaryVersion)" } ?? "another saasctl"
            message = "\(entry.path) was applied by \(writer), and this one does not have it"
        }
        self.init(
            kind: kind, component: entry.component, number: entry.number, name: entry.name, message: message,
            expectedChecksum: kind == .drift ? entry.checksum : nil, recordedChecksum: entry.record?.checksum)
    }
}
