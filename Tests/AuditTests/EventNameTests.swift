import Audit
import AuditEvents
import Kernel
import Testing

@Suite struct EventNameTests {
    @Test(arguments: [
        ("saas.organization.created.v1", "OrganizationCreated"), ("saas.plan.version_published.v3", "PlanVersionPublished"),
        ("saas.read_model.started.v1", "ReadModelStarted"), ("saas.x.v1", "X"),
    ])
    func `people read a type's words without its version`(type: String, name: String) throws {
        #expect(try #require(EventType(type)).displayName == name)
    }

    @Test func `a head is told of by the name of its type`() {
        #expect(AuditHeadPublished.eventType.displayName == "AuditHeadPublished")
    }

    /// It may pass 2^53, where JSON's numbers end for many readers.
    @Test func `the size of the tree is told as text`() throws {
        let text = try JSONCoding.encode(AuditHeadPublished(treeSize: .max, rootHash: "00"))
        #expect(text == #"{"tree_size":"9223372036854775807","root_hash":"00"}"#)
    }
}
