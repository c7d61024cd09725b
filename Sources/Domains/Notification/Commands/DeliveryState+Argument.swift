public import ArgumentParser
public import Notification

extension Delivery.State: ExpressibleByArgument {}
