import Kernel
import Outbox

extension Consumer {
    /// The first event of a newer version than this binary reads: it must not be applied by guesswork, nor be skipped.
    func firstNewer(in events: [StoredEvent]) -> (index: Int, stop: LaneStop)? {
        guard understands != nil else { return nil }
        var readable: Set<EventType> = []
        for (index, event) in events.enumerated() {
            guard let type = event.eventType, !readable.contains(type) else { continue }
            guard let known = known(type.name), type.version > known.version else {
                readable.insert(type)
                continue
            }
            return (index, .newerEvent(type: event.type, position: event.position, known: known.version))
        }
        return nil
    }
}
