import Synchronization

/// Something that happens once, for tasks that want to know whether it has.
public final class Flag: Sendable {
    private let raised = Mutex(false)

    public init() {}

    public var isRaised: Bool { raised.withLock(\.self) }

    public func raise() {
        raised.withLock { $0 = true }
    }
}
