internal import Base

/// `DATABASE_URL` as the keywords that libpq knows.
///
/// The URLs that Docmost, Prisma and node-postgres accept carry parameters that libpq refuses; those are dropped.
/// `schema` is dropped as well, because Docmost drops it: the tables are where the search path of the role points.
struct PostgresURL {
    /// Keywords and values for `PQconnectStartParams`.
    private(set) var keywords: [(name: String, value: String)] = []
    /// PgBouncer in transaction mode keeps neither prepared statements nor start-up options.
    private(set) var isPooled = false

    private static let passedOn: Set<String> = [
        "host", "hostaddr", "port", "dbname", "user", "password", "passfile", "sslcert", "sslkey", "sslpassword",
        "sslrootcert", "sslcrl", "sslsni", "ssl_min_protocol_version", "channel_binding", "gssencmode",
        "target_session_attrs", "application_name",
    ]

    init(_ text: String) throws(PostgresError) {
        guard let url = ServerURL(text), ["postgres", "postgresql"].contains(url.scheme) else {
            throw PostgresError(.invalidURL, "DATABASE_URL must be postgresql://user:password@host:port/database")
        }
        if !url.host.isEmpty { add("host", url.host) }
        if let port = url.port { add("port", String(port)) }
        if let user = url.user { add("user", user) }
        if let password = url.password { add("password", password.revealed) }
        if url.path.utf8.count > 1 { add("dbname", String(url.path.dropFirst())) }
        // libpq would look for Kerberos tickets first, at the cost of a millisecond and its libraries' memory.
        add("gssencmode", "disable")
        var encryption: String?
        for (name, value) in url.query {
            switch name {
            case "sslmode": encryption = try Self.encryption(mode: value)
            case "ssl": encryption = encryption ?? (value == "true" || value == "1" ? "require" : nil)
            case "sslaccept": if value == "strict" { encryption = "verify-full" }
            case "pgbouncer": isPooled = value == "true"
            case _ where Self.passedOn.contains(name): add(name, value)
            default: break
            }
        }
        if let encryption { add("sslmode", encryption) }
    }

    /// libpq's spelling of a mode of encryption.
    private static func encryption(mode: String) throws(PostgresError) -> String {
        switch mode {
        case "no-verify": return "require"
        case "disable", "allow", "prefer", "require", "verify-ca", "verify-full": return mode
        default: throw PostgresError(.invalidURL, "DATABASE_URL: sslmode \(mode) is not known")
        }
    }

    mutating func add(_ name: String, _ value: String) {
        keywords.removeAll { $0.name == name }
        keywords.append((name, value))
    }
}
