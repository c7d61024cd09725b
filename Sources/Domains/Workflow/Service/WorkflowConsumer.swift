import BillingEvents
import FoundationEssentials
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres

/// Keeps what workflow knows of members and entitlements, and takes open tasks from members who have left. Either may arrive before the
/// other, or before anything else is known of the organization.
public struct WorkflowConsumer: Consumer {
    public let name = "workflow"
    public let service = "workflow"
    public let sources = ["organization", "billing"]
    public let understands: [EventType]? = [
        MemberAdded.eventType, MemberRemoved.eventType, RoleChanged.eventType, EntitlementsUpdated.eventType,
        OrganizationPurged.eventType,
    ]
    /// The caches alone; projects and tasks are the service's own. That a task is taken from somebody has happened when the event was applied
    /// first, in that transaction: what came after it, a replay knows nothing of.
    public let replay = ReplayPolicy.readModel(
        ReadModel(tables: ["membership_cache", "entitlement_set_cache", "entitlement_cache"]))

    public init() {}

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let departures = try cacheMembers(chunk, in: session, context: context)
        try cacheEntitlements(chunk, in: session)
        try purge(chunk, in: session, context: context)
        return try Departure.unassign(departures, in: session, context: context)
    }

    /// What a replay has mended may show that somebody is no member who was taken for one.
    public func replayed(in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        try Departure.unassignStrangers(in: session, context: context)
    }

    /// The last event of an organization. Of its entitlements billing tells that there are none.
    private func purge(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws {
        let organizations = Set(try chunk.all(OrganizationPurged.self).map(\.data.organizationId)).sorted()
        guard !organizations.isEmpty else { return }
        try session.run(FreezeQueries.forgetMembers(of: organizations))
        // The service's own data are gone since the event was applied first.
        guard !context.isReplay else { return }
        _ = try session.pipeline(
            FreezeQueries.lockEntitlements(of: organizations), FreezeQueries.notePurged(organizations),
            FreezeQueries.lockProjects(ofAll: organizations), FreezeQueries.deleteTasks(of: organizations),
            FreezeQueries.deleteProjects(of: organizations))
    }

    /// - Returns: who has left; nobody in a replay.
    private func cacheMembers(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [Departure] {
        typealias Member = WorkflowQueries.CachedMember
        let added = try chunk.all(MemberAdded.self).map { Member($0.data.organizationId, $0.data.userId, $0.data.role, $0.stored) }
        let changed = try chunk.all(RoleChanged.self).map { Member($0.data.organizationId, $0.data.userId, $0.data.role, $0.stored) }
        let left = try chunk.all(MemberRemoved.self)
        let removed = left.map { Member($0.data.organizationId, $0.data.userId, nil, $0.stored) }
        let heard = added + changed + removed
        guard !heard.isEmpty else { return [] }
        let newest = Dictionary(heard.map { (MemberKey($0), $0) }) { $0.sequence < $1.sequence ? $1 : $0 }
        let sorted = newest.sorted { $0.key < $1.key }.map(\.value)
        var departures: [Departure] = []
        if !left.isEmpty, !context.isReplay {
            let before = Dictionary(
                try session.all(WorkflowQueries.lockMembers(sorted)).map { (MemberKey($0.organizationId, $0.userId), $0.sequence) }
            ) { first, _ in first }
            departures = left.map { Departure(organizationId: $0.data.organizationId, userId: $0.data.userId, cause: $0.stored) }
                .filter { $0.cause.sequence > before[MemberKey($0.organizationId, $0.userId), default: 0] }
        }
        try session.run(WorkflowQueries.upsertMembers(sorted))
        return departures
    }

    private func cacheEntitlements(_ chunk: EventChunk, in session: Session) throws {
        let updated = try chunk.all(EntitlementsUpdated.self).map(\.data)
        guard !updated.isEmpty else { return }
        let newest = Dictionary(updated.map { ($0.organizationId, $0) }) { $0.version < $1.version ? $1 : $0 }
        let sets = newest.values.sorted { $0.organizationId < $1.organizationId }
        let replaced = Set(try session.all(WorkflowQueries.upsertEntitlementSets(sets)))
        let fresh = sets.filter { replaced.contains($0.organizationId) }
        guard !fresh.isEmpty else { return }
        _ = try session.pipeline(
            WorkflowQueries.deleteEntitlements(of: fresh.map(\.organizationId)), WorkflowQueries.insertEntitlements(fresh))
    }

    private struct MemberKey: Hashable, Comparable {
        let organizationId: UUID
        let userId: UUID

        init(_ organizationId: UUID, _ userId: UUID) {
            self.organizationId = organizationId
            self.userId = userId
        }

        init(_ member: WorkflowQueries.CachedMember) {
            self.init(member.organizationId, member.userId)
        }

        static func < (left: MemberKey, right: MemberKey) -> Bool {
            (left.organizationId, left.userId) < (right.organizationId, right.userId)
        }
    }
}
