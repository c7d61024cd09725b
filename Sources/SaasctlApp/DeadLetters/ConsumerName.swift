public import ArgumentParser
public import Outbox

/// One of the consumers there are.
struct ConsumerName: ExpressibleByArgument, Sendable {
    let consumer: any Consumer

    init?(argument: String) {
        guard let consumer = Registry.consumers.first(where: { $0.name == argument }) else { return nil }
        self.consumer = consumer
    }

    var text: String { consumer.name }

    static var allValueStrings: [String] { Registry.consumers.map(\.name) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

extension DeadLetter.State: ExpressibleByArgument {}
