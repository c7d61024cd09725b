extension SQL.StringInterpolation {
    /// Becomes a parameter; `nil` becomes NULL. Its own overload, because the compiler takes an optional in an interpolation for a mistake
    /// unless one is asked for.
    public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
        appendInterpolation(Bound(postgresBind: value.postgresBind))
    }
}

private struct Bound: PostgresEncodable {
    let postgresBind: Bind
}
