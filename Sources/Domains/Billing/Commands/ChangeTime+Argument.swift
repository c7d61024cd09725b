public import ArgumentParser
public import Billing

extension ChangeTime: ExpressibleByArgument {}
