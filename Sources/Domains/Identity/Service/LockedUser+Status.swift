import Kernel

extension LockedUser {
    /// - Parameter label: what the caller typed, for errors.
    /// - Throws: ``IdentityError/userDisabled(_:)``.
    func requireActive(label: String) throws(IdentityError) {
        switch user.status {
        case .active: return
        case .disabled: throw .userDisabled(label)
        }
    }

    /// - Throws: ``InvalidEmailAddress`` for what no command of ours has stored.
    func emailAddress() throws(InvalidEmailAddress) -> EmailAddress {
        try EmailAddress(user.email)
    }
}
