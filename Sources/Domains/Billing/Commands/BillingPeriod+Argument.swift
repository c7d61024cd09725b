public import ArgumentParser
public import BillingEvents

extension BillingPeriod: ExpressibleByArgument {}
