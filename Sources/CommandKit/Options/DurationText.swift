import ArgumentParser
public import FoundationEssentials
public import Kernel

/// Durations as arguments.
public enum DurationText {
    /// - Throws: `ValidationError` where the text is no duration.
    public static func parse(_ text: String) throws -> Duration {
        guard let duration = Duration(text: text) else {
            throw ValidationError(
                "expected a number and a unit (ms, s, m, h or d), such as 500ms, 30s, 5m, 2h or 7d; above zero, and 10000d at most")
        }
        return duration
    }
}

/// Names of event types as arguments. What has no type of this name is for a query to say.
public enum EventTypeText {
    /// - Throws: `ValidationError` where there is no text.
    public static func parse(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("expected the name of a type such as saas.organization.created") }
        return text
    }
}

/// UUIDs as arguments.
public enum UUIDText {
    /// - Throws: `ValidationError` where the text is no UUID.
    public static func parse(_ text: String) throws -> UUID {
        guard let id = UUID(uuidString: text) else {
            throw ValidationError("expected a UUID such as 0192f3a4-5b6c-7d8e-9f01-23456789abcd")
        }
        return id
    }
}

/// Times as arguments.
public enum TimestampText {
    /// - Throws: `ValidationError` where the text is neither RFC 3339 nor a date.
    public static func parse(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(text) else {
            throw ValidationError("expected a time such as 2026-11-22T10:00:00Z, or a date such as 2026-11-22")
        }
        return time
    }
}
