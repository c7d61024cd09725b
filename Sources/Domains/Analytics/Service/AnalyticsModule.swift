import AnalyticsEvents
public import Outbox

/// What the registry lists of the analytics service.
public enum AnalyticsModule {
    public static let module = ServiceModule(name: "analytics", publishes: [ReadModelStarted.self], consumers: [AnalyticsConsumer()])
}
