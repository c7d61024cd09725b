import ArgumentParser

extension ConsumerNames {
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
