import Configuration
import Kernel
import TestSupport
import Testing

/// The files that a profile names: its key and its clock.
@Suite struct ProfileFilesTests {
    private func profile(keyFile: String? = nil, clockFile: String? = nil, name: String = "p") -> Profile {
        Profile(name: name, databases: ServiceDatabases(), keyFile: keyFile, clockFile: clockFile)
    }

    @Test func `a key of 32 bytes, closed to others, is read`() async throws {
        try await withScratchFolder { folder in
            let path = try folder.write(Array(0..<32), to: "key")
            #expect(try profile(keyFile: path).readKey() == Array(0..<32))
        }
    }

    @Test func `a key that is missing, open, or cut off is refused with the way on`() async throws {
        try await withScratchFolder { folder in
            let path = folder.file("key")
            func failure(_ profile: Profile) -> Failure? {
                #expect(throws: ConfigurationError.self) { try profile.readKey() }?.failure
            }
            #expect(failure(profile())?.message == "the profile \"p\" names no key file")
            #expect(failure(profile(keyFile: path))?.hint == "(umask 077 && head -c 32 /dev/urandom >\(path)) makes one")
            #expect(failure(profile(keyFile: path, name: "sandbox"))?.hint == "saasctl sandbox start makes one")
            try folder.write(Array(0..<32), to: "key", mode: 0o640)
            #expect(failure(profile(keyFile: path))?.hint == "chmod 600 \(path)")
            try folder.write(Array(0..<31), to: "key")
            #expect(failure(profile(keyFile: path))?.message.contains("holds 31 bytes") == true)
        }
    }

    @Test func `the clock is shifted by what the file says`() async throws {
        try await withScratchFolder { folder in
            let path = folder.file("clock")
            let base = FixedClock(Timestamp(year: 2026, month: 1, day: 31))
            #expect(try profile(clockFile: path).clock(base: base).now() == base.now())
            for shift in [Duration.seconds(86_400), .seconds(-3_600), .microseconds(-1)] {
                try folder.write(ClockShift(shift).text, to: "clock")
                #expect(try profile(clockFile: path).clock(base: base).now() == base.now().advanced(by: shift))
            }
            #expect(try profile().clock(base: base).now() == base.now())
        }
    }

    @Test func `a clock file that makes no sense is refused`() async throws {
        try await withScratchFolder { folder in
            let path = try folder.write("tomorrow\n", to: "clock")
            let error = #expect(throws: ConfigurationError.self) { try profile(clockFile: path).clock() }
            #expect(error?.failure.hint == "saasctl sandbox clock reset")
        }
    }
}
