import FoundationEssentials
import Kernel

extension LockedUser {
    /// - Parameter label: what the caller typed, for errors.
    /// - Throws: ``IdentityError/userDisabled(_:)``; ``IdentityError/userNotFound(_:)`` for who was erased.
    func requireActive(label: String) throws(IdentityError) {
        switch user.status {
        case .active: return
        case .disabled: throw .userDisabled(label)
        case .erased: throw .userNotFound(label)
        }
    }

    /// - Throws: ``IdentityError/userNotFound(_:)`` for who was erased.
    func emailAddress() throws -> EmailAddress {
        guard let email = user.email else { throw IdentityError.userNotFound(id.text) }
        return try EmailAddress(email)
    }
}
