import ArgumentParser
import FoundationEssentials

/// How one delivery is named on a command line.
struct DeliveryArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The delivery's id.", valueName: "delivery"),
        transform: { text in
            guard let id = UUID(uuidString: text) else { throw ValidationError("a delivery goes by its id") }
            return id
        })
    var id: UUID
}
