public import ArgumentParser
public import Worker

extension LockPolicy: ExpressibleByArgument {}
