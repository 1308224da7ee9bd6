internal import Base

/// `REDIS_URL` as Docmost reads it: the user name is ignored, the path is the number of the database.
struct RedisURL {
    enum Place: Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    let place: Place
    let password: Secret?
    let database: Int

    init(_ text: String) throws(RedisError) {
        if text.hasPrefix("unix:"), !text.hasPrefix("unix://") {
            // The short form unix:/path/to/socket.
            self.init(place: .unix(path: String(text.dropFirst(5))), password: nil, database: 0)
            return
        }
        guard let url = ServerURL(text) else { throw Self.unreadable }
        switch url.scheme {
        case "redis": break
        case "unix", "redis+unix", "redis-socket":
            self.init(place: .unix(path: url.path), password: url.password, database: try Self.number(url["db"] ?? ""))
            return
        case "rediss":
            throw RedisError(
                .invalidURL,
                "REDIS_URL: rediss:// (TLS) is not supported; use a local tunnel such as stunnel"
            )
        default: throw Self.unreadable
        }
        let database = try Self.number(String(url.path.drop { $0 == "/" }))
        let host = url.host.isEmpty ? "127.0.0.1" : url.host
        self.init(place: .tcp(host: host, port: url.port ?? 6379), password: url.password, database: database)
    }

    private init(place: Place, password: Secret?, database: Int) {
        self.place = place
        self.password = password.flatMap { $0.revealed.isEmpty ? nil : $0 }
        self.database = database
    }

    private static let unreadable = RedisError(.invalidURL, "REDIS_URL must be redis://:password@host:port/database")

    private static func number(_ text: String) throws(RedisError) -> Int {
        if text.isEmpty { return 0 }
        guard let number = Int(text), number >= 0 else {
            throw RedisError(.invalidURL, "REDIS_URL: the database \(text) is not a number")
        }
        return number
    }
}
