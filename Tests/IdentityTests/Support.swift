import Identity
import Kernel
import Outbox
import Postgres
import TestSupport

func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current["identity"].connect(as: role)
}

/// Open all at once, so that what begins on them begins together.
func connections(_ count: Int) async throws -> [Connection] {
    var connections: [Connection] = []
    for _ in 0..<count { connections.append(try await connect()) }
    return connections
}

extension NewPassword {
    /// Hashed as fast as bcrypt can.
    static func ofTest(_ text: String) throws -> NewPassword {
        try NewPassword(Password(text), cost: 4)
    }
}

extension Connection {
    @discardableResult
    func register(
        _ email: String, name: String = "Ada Lovelace", password: NewPassword? = nil, _ context: OperationContext = .ofTest()
    ) async throws -> Change<User> {
        let email = try EmailAddress(email)
        let name = try PersonName(name)
        return try await change("identity", context) { session, context in
            try IdentityService.register(email: email, name: name, password: password, in: session, context: context)
        }
    }

    func user(_ reference: String) async throws -> User {
        try await session { try IdentityService.user(reference, in: $0) }
    }
}
