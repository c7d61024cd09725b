import ArgumentParser
import CommandKit
import Identity
import Kernel

struct KeyJWKS: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "jwks", abstract: "Print the public keys as a JSON Web Key Set.",
        discussion: """
            Those by which access tokens are accepted, as RFC 7517 and RFC 8037 write them, for whoever checks tokens without a database. Such \
            a check does not hear of sessions that have ended; "identity token validate" does.

            Example: saasctl identity key jwks >/srv/www/.well-known/jwks.json
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let now = context.clock.now()
        let keys = try await context.read("identity") { try SigningKeyService.published(at: now, in: $0) }
        try context.io.write(JSONCoding.encode(JSONWebKeySet(keys: keys.map(JSONWebKeySet.Key.init))) + "\n")
    }
}

/// The set as RFC 7517 has it; a document of its own, whatever the output format.
private struct JSONWebKeySet: Encodable {
    struct Key: Encodable {
        let kty = "OKP"
        let crv = "Ed25519"
        let use = "sig"
        let alg: String
        let kid: String
        let x: String

        init(_ key: SigningKey) {
            alg = key.algorithm
            kid = key.id.text
            x = key.publicKey
        }
    }

    let keys: [Key]
}
