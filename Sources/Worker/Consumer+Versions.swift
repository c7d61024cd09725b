import Kernel
import Outbox

extension Consumer {
    /// An event of a newer version than this binary reads must not be applied by guesswork, nor be skipped.
    func refuseNewerEvents(_ events: [StoredEvent]) throws(LaneStop) {
        guard understands != nil else { return }
        var readable: Set<EventType> = []
        for event in events {
            guard let type = event.eventType, !readable.contains(type) else { continue }
            guard let known = known(type.name), type.version > known.version else {
                readable.insert(type)
                continue
            }
            throw .newerEvent(type: event.type, position: event.position, known: known.version)
        }
    }
}
