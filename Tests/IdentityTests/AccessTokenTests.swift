import Cryptography
import FoundationEssentials
import IdentityEvents
import JWTKit
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

/// RFC 8725 (best current practices) and RFC 9068 (access tokens), by their sections.
@Suite(.databases("identity")) struct AccessTokenTests {
    private let terms = TokenTerms(issuer: "https://id.example.org", audience: "api.example.org")
    private let key = [UInt8](repeating: 7, count: 32)
    private let now = OperationContext.ofTest().now
    private let sessionId = UUID.numbered(0x51)

    private struct Place {
        let database: Connection
        let user: User
        let token: String
        let claims: AccessClaims
    }

    /// A user with a session, and its access token.
    private func place() async throws -> Place {
        let database = try await connect()
        let password = try hash("correct horse")
        let user = try await database.register("ada@example.org", hashed: password)
        try await database.begin(user, password, id: sessionId)
        try await database.change("identity") { try SigningKeyService.provide(key: key, in: $0, context: $1) }
        let claims = AccessClaims(terms: terms, userId: user.id, sessionId: sessionId, factors: [.password], id: .numbered(3), at: now)
        return Place(database: database, user: user, token: try await sign(claims, database), claims: claims)
    }

    private func sign(_ claims: AccessClaims, _ database: Connection) async throws -> String {
        try await database.session { try SigningKeyService.signer(key: key, in: $0) }.sign(claims)
    }

    /// `nil` where the token is good.
    private func fault(
        _ token: String, _ database: Connection, at now: Timestamp? = nil, terms: TokenTerms? = nil
    ) async throws -> AccessTokenFault? {
        do {
            _ = try await TokenService(terms: terms ?? self.terms).validate(token, on: database, at: now ?? self.now)
            return nil
        } catch IdentityError.accessTokenRefused(let fault) {
            return fault
        }
    }

    /// The parts of a token, of which some are made anew.
    private func forged(_ token: String, header: String? = nil, claims: String? = nil, signature: [UInt8]? = nil) -> String {
        var parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if let header { parts[0] = Base64URL.encode(Array(header.utf8)) }
        if let claims { parts[1] = Base64URL.encode(Array(claims.utf8)) }
        if let signature { parts[2] = Base64URL.encode(signature) }
        return parts.joined(separator: ".")
    }

    /// A header without one member, wherever it stands.
    private func without(_ name: String, _ value: String, in header: String) -> String {
        let member = "\"\(name)\":\"\(value)\""
        return header.replacing("\(member),", with: "").replacing(",\(member)", with: "")
    }

    private func header(_ token: String) throws -> String {
        String(decoding: try #require(Base64URL.decode(String(token.prefix { $0 != "." }))), as: UTF8.self)
    }

    @Test func `a token is good from its second to the fifteenth minute, which is exclusive`() async throws {
        let place = try await place()
        let header = try header(place.token)
        #expect(header.contains(#""alg":"EdDSA""#) && header.contains(#""typ":"at+jwt""#) && header.contains(#""kid":""#))
        let service = TokenService(terms: terms)
        let claims = try await service.validate(place.token, on: place.database, at: now)
        #expect(claims == place.claims && claims.sub == place.user.id.text && claims.sid == sessionId.text)
        #expect(claims.exp - claims.iat == 15 * 60)
        let end = Timestamp(microseconds: claims.exp * 1_000_000)
        #expect(try await fault(place.token, place.database, at: end.advanced(by: .microseconds(-1))) == nil)
        #expect(try await fault(place.token, place.database, at: end) == .expired)
        #expect(try await fault(place.token, place.database, at: now.advanced(by: .seconds(-1))) == .early)
    }

    // RFC 8725, sections 3.1, 3.2: the algorithm is the key's, and "none" none.
    @Test func `no other algorithm than the key's is accepted, whatever the header says`() async throws {
        let place = try await place()
        let header = try header(place.token)
        for name in ["none", "None", "HS256", "RS256", "ES256", "EdDSA2", ""] {
            let changed = header.replacing(#""alg":"EdDSA""#, with: #""alg":"\#(name)""#)
            for signature in [nil, []] as [[UInt8]?] {
                #expect(
                    try await fault(forged(place.token, header: changed, signature: signature), place.database) == .algorithm, "\(name)")
            }
        }
        // Algorithm confusion: an HMAC under the public key.
        let publicKey = try await place.database.session { try SigningKeyService.published(at: now, in: $0) }[0].publicKey
        let confused = header.replacing("EdDSA", with: "HS256")
        let signed = place.token.split(separator: ".")[1]
        let mac = HMAC.sha256(
            Array("\(Base64URL.encode(Array(confused.utf8))).\(signed)".utf8), key: try #require(Base64URL.decode(publicKey)))
        #expect(try await fault(forged(place.token, header: confused, signature: mac), place.database) == .algorithm)
    }

    // RFC 7515, section 2: base64url without padding; RFC 4648, section 3.5: bits that nothing uses are zero.
    @Test func `a signature is written in one way alone`() async throws {
        let place = try await place()
        let last = try #require(place.token.last)
        // The last of 86 characters has two bits of the 64 bytes.
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let next = alphabet[try #require(alphabet.firstIndex(of: last)) + 1]
        for token in [place.token + "==", place.token + "=", place.token.dropLast() + String(next)] {
            #expect(try await fault(token, place.database) == .malformed, "\(token)")
        }
    }

    // RFC 8725, section 3.11; RFC 9068, section 4; RFC 7515, section 4.1.11.
    @Test func `what is no access token, or wants more than we understand, is refused`() async throws {
        let place = try await place()
        let header = try header(place.token)
        for changed in [
            header.replacing("at+jwt", with: "JWT"), without("typ", "at+jwt", in: header),
            header.replacing(#""alg""#, with: #""crit":["x"],"x":1,"alg""#),
        ] {
            #expect(changed != header)
            #expect(try await fault(forged(place.token, header: changed), place.database) == .type, "\(changed)")
        }
    }

    @Test func `key, signature, issuer and audience have to be ours`() async throws {
        let place = try await place()
        let header = try header(place.token)
        let kid = try #require(header.split(separator: #""kid":""#).last?.prefix(36))
        for other in [UUID.numbered(0xDEAD).text, "x"] {
            #expect(try await fault(forged(place.token, header: header.replacing(kid, with: other)), place.database) == .key)
        }
        #expect(
            try await fault(
                forged(place.token, header: without("kid", String(kid), in: header)),
                place.database) == .key)
        let claims = try JSONCoding.encode(place.claims)
        #expect(try await fault(forged(place.token, claims: claims.replacing("password", with: "totp")), place.database) == .signature)
        #expect(try await fault(forged(place.token, signature: [UInt8](repeating: 0, count: 64)), place.database) == .signature)
        #expect(try await fault(forged(place.token, signature: []), place.database) == .signature)
        // Somebody else's key under our kid.
        let foreign = JWTKeyCollection()
        await foreign.add(eddsa: try EdDSA.PrivateKey())
        var foreignHeader = JWTHeader()
        foreignHeader.typ = "at+jwt"
        foreignHeader.kid = String(kid)
        #expect(try await fault(foreign.sign(place.claims, header: foreignHeader), place.database) == .signature)
        #expect(try await fault(place.token, place.database, terms: TokenTerms(issuer: "x", audience: terms.audience)) == .issuer)
        #expect(try await fault(place.token, place.database, terms: TokenTerms(issuer: terms.issuer, audience: "x")) == .audience)
    }

    @Test(arguments: ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", "e30.e30.", "🙂.🙂.🙂", String(repeating: "a", count: 100_000)])
    func `what is no token is refused`(_ text: String) async throws {
        #expect(try await fault(text, connect()) == .malformed)
    }

    @Test func `logging out and disabling are heard of at once, also by who has the key already`() async throws {
        let place = try await place()
        let service = TokenService(terms: terms)
        _ = try await service.validate(place.token, on: place.database, at: now)
        try await place.database.change("identity") { try SessionService.revoke(sessionId, in: $0, context: $1) }
        await #expect(throws: IdentityError.accessTokenRefused(.ended)) {
            try await service.validate(place.token, on: place.database, at: now)
        }
        try await place.database.change("identity") { try IdentityService.disable(place.user.id, label: "ada", in: $0, context: $1) }
        await #expect(throws: IdentityError.accessTokenRefused(.disabled)) {
            try await service.validate(place.token, on: place.database, at: now)
        }
        #expect(IdentityError.accessTokenRefused(.ended).failure.code == ErrorCode("TOKEN_REVOKED", .denied))
    }

    @Test func `a session of another user vouches for nobody`() async throws {
        let place = try await place()
        let bob = try await place.database.register("bob@example.org").value
        let claims = AccessClaims(terms: terms, userId: bob.id, sessionId: sessionId, factors: [.password], id: .numbered(4), at: now)
        #expect(try await fault(sign(claims, place.database), place.database) == .ended)
    }

    @Test func `keys rotate with overlap`() async throws {
        let place = try await place()
        let service = TokenService(terms: terms)
        func published(_ instant: Timestamp) async throws -> [SigningKey] {
            try await place.database.session { try SigningKeyService.published(at: instant, in: $0) }
        }
        let first = try await published(now)[0]
        let rotated = try await place.database.change("identity", .ofTest(after: .seconds(1))) {
            try SigningKeyService.rotate(overlap: .seconds(600), key: key, in: $0, context: $1)
        }
        #expect(try await published(now).map(\.id) == [rotated.value.id, first.id])
        #expect(try await published(now).map(\.status) == [.active, .retired])
        _ = try await service.validate(place.token, on: place.database, at: now)
        let new = try await sign(place.claims, place.database)
        #expect(try header(new).contains(rotated.value.id.text))
        _ = try await service.validate(new, on: place.database, at: now)
        let end = now.advanced(by: .seconds(601))
        #expect(try await published(end).map(\.id) == [rotated.value.id])
        await #expect(throws: IdentityError.accessTokenRefused(.key)) {
            try await service.validate(place.token, on: place.database, at: end)
        }
        _ = try await service.validate(new, on: place.database, at: end)
        let provided = try await place.database.change("identity") { try SigningKeyService.provide(key: key, in: $0, context: $1) }
        #expect(provided.rows.isEmpty && provided.value.id == rotated.value.id)
    }

    @Test func `private keys are sealed under the profile's key`() async throws {
        let place = try await place()
        await #expect(throws: (any Error).self) {
            try await place.database.session { try SigningKeyService.signer(key: [UInt8](repeating: 8, count: 32), in: $0) }
        }
        await #expect(throws: IdentityError.noSigningKey) {
            try await place.database.transaction { session in
                try session.script("update signing_keys set retired_at = created_at, expires_at = created_at")
                _ = try SigningKeyService.signer(key: key, in: session)
            }
        }
    }

    @Test func `of sixteen rotations one key is left to sign`() async throws {
        let database = try await connect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, connection) in try await connections(16).enumerated() {
                group.addTask {
                    let context = OperationContext.ofTest(after: .seconds(Int64(number)))
                    try await connection.change("identity", context) {
                        try SigningKeyService.rotate(overlap: .seconds(900), key: key, in: $0, context: $1)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await database.fetch("select count(*)::text from signing_keys where retired_at is null", as: String.self) == ["1"])
        #expect(try await database.fetch("select count(*)::text from signing_keys", as: String.self) == ["16"])
    }
}
