import Kernel

/// What a password must not be, however long it is (NIST SP 800-63B, section 5.1.1.2): what everybody tries first.
enum PasswordPolicy {
    /// Shorter names are in too many words.
    private static let shortestName = 4

    /// Whether it is one of the passwords that are used most, in any case.
    static func isCommon(_ password: String) -> Bool {
        let folded = password.lowercased().utf8
        return CommonPasswordList.words.withUTF8Buffer { words in
            words.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.contains { $0.elementsEqual(folded) }
        }
    }

    /// Whether it is made of the address: has its local part or a name of its domain in it, is a part of it, or differs in few characters. Case
    /// does not count, nor what is neither letter nor digit.
    static func resembles(_ password: String, _ email: EmailAddress) -> Bool {
        let password = password.lowercased()
        return names(in: email).contains { isNear(password, $0) || isNear(bare(password), bare($0)) }
    }

    private static func names(in email: EmailAddress) -> [String] {
        let address = email.folded
        let local = email.localPart.lowercased()
        let domain = String(address.dropFirst(local.count + 1))
        let parts = local.split { !$0.isLetter && !$0.isNumber } + domain.split(separator: ".").dropLast()
        return [address, local, domain] + parts.map(String.init)
    }

    private static func isNear(_ password: String, _ name: String) -> Bool {
        guard name.count >= shortestName else { return false }
        if password.contains(name) || password.editDistance(to: name) <= password.count / 4 { return true }
        return password.count >= Password.minimumCharacters && name.contains(password)
    }

    private static func bare(_ text: String) -> String {
        text.filter { $0.isLetter || $0.isNumber }
    }
}
