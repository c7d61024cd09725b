import ArgumentParser
import FoundationEssentials

/// How a session is named on a command line.
enum SessionID {
    /// - Throws: `ValidationError` for what is no id: a session has no other name.
    static func parse(_ text: String) throws -> UUID {
        guard let id = UUID(uuidString: text) else { throw ValidationError("a session goes by its id") }
        return id
    }
}
