public import ArgumentParser
public import Identity

extension User.Status: ExpressibleByArgument {}
