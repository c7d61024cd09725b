import FoundationEssentials
import MigrationFiles

/// The Swift source that holds the migrations: explicitly typed, with one raw string literal for each text, which the compiler takes as
/// it stands, into the read-only data of the binary.
enum GeneratedSource {
    static func table(of migrations: [MigrationFile]) -> Data {
        var source = """
            // Made from migrations/ by embed-migrations; not to be edited.
            import Kernel

            extension MigrationSet {
                /// The migrations that lay in `migrations/` when this binary was built.
                public static let embedded = MigrationSet(checked: [\(migrations.map { reference(to: $0) }.joined(separator: ", "))])
            }

            """
        for migration in migrations { source += "\n" + constant(for: migration) }
        return Data(source.utf8)
    }

    private static func reference(to migration: MigrationFile) -> String {
        let digits = String(migration.number)
        return "migration_\(migration.component)_" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func constant(for migration: MigrationFile) -> String {
        let version = migration.header.requiredBinary.map { "SaasctlVersion(\($0.map(String.init).joined(separator: ", ")))" } ?? "nil"
        return """
            private let \(reference(to: migration)) = Migration(
                component: "\(migration.component)", number: \(migration.number), name: "\(migration.name)",
                requiredBinary: \(version), runsInTransaction: \(migration.header.runsInTransaction),
                sql: \(literal(migration.text)))

            """
    }

    /// A multi-line raw string literal that stands for exactly this text.
    ///
    /// It has one `#` more than any run of them in the text, so that neither a delimiter nor an escape can occur in it by accident.
    /// The compiler reads a carriage return as part of a line's end and refuses or warns about other control characters, so those are
    /// written as escapes.
    static func literal(_ text: String) -> String {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "#") ? run + 1 : 0
            longest = max(longest, run)
        }
        let hashes = String(repeating: "#", count: longest + 1)
        var result = "\(hashes)\"\"\"\n"
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control, scalar != "\n", scalar != "\t" {
                result += "\\\(hashes)u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\n\"\"\"\(hashes)"
    }
}
