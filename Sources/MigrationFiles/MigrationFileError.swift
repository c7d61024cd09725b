/// Why a migration file cannot be embedded.
public struct MigrationFileError: Error, Hashable, CustomStringConvertible {
    public enum Problem: Sendable, Hashable {
        case componentName(String)
        case fileName
        case notUTF8
        case containsNUL
        case empty
        case notAStatement
        case unterminated(UnterminatedSQL.Kind)
        case unknownMarker(String)
        case misplacedMarker
        case repeatedMarker(String)
        case version(String)
        case transactionControl(String)
        case severalStatements(Int)
        case duplicateNumber(String)
        case missingNumber(Int)
        case strayFile
        case noFolder
    }

    /// From the package root.
    public let path: String
    public let line: Int
    public let problem: Problem

    public init(_ path: String, line: Int = 1, _ problem: Problem) {
        self.path = path
        self.line = line
        self.problem = problem
    }

    /// In the form that compilers use, `path:line: error: message`, so that build tools and editors find the place.
    public var description: String { "\(path):\(line): error: \(problem.message)" }
}

extension MigrationFileError.Problem {
    /// Lower case, no full stop.
    public var message: String {
        switch self {
        case .componentName(let name): "a folder of migrations has lower-case letters, digits and underscores for a name, not \"\(name)\""
        case .fileName: "a migration is named NNNN_what.sql: four digits, then lower-case words and digits joined by underscores"
        case .notUTF8: "the file is not UTF-8"
        case .containsNUL: "the file has a NUL character, which PostgreSQL takes in no statement"
        case .empty: "the file has no statement"
        case .notAStatement: "a statement does not begin with a keyword"
        case .unterminated(let kind): "a \(kind.rawValue) opens here and does not end"
        case .unknownMarker(let marker): "unknown marker \"\(marker)\"; there are \"requires-binary <version>\" and \"no-transaction\""
        case .misplacedMarker: "a marker stands among the comment lines at the head of the file"
        case .repeatedMarker(let marker): "the marker \"\(marker)\" stands here a second time"
        case .version(let text): "a version is three numbers such as 0.2.0, not \"\(text)\""
        case .transactionControl(let words): "\"\(words)\" has no place in a migration, whose transaction is the runner's"
        case .severalStatements(let count): "a migration marked \"no-transaction\" has one statement, not \(count)"
        case .duplicateNumber(let other): "the number is taken by \(other)"
        case .missingNumber(let number): "number \(number) is missing: the migrations of a folder count from 1 without gaps"
        case .strayFile: "a file that is no migration: migrations lie in migrations/<component>/"
        case .noFolder: "there is no such folder"
        }
    }
}
