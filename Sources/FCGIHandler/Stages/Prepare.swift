import Base
import Directory
import GitHTTP
import Glibc
import Redis

/// A request whose repository can be served.
struct PreparedRequest {
    let parsed: ParsedRequest
    let account: Account
    let space: Space
    let endpoint: Endpoint
    let version: ProtocolVersion

    fileprivate init(_ request: AuthorisedRequest) {
        parsed = request.parsed
        account = request.account
        space = request.space
        endpoint = request.endpoint
        version = request.version
    }
}

/// Refuses at `info/refs` what could only fail later, where git would hide the reason.
struct Prepare {
    let dataDirectory: String
    let redis: RedisPool

    func callAsFunction(_ request: AuthorisedRequest) throws(Refusal) -> PreparedRequest {
        // A push needs the lock, and the lock needs Redis.
        if request.endpoint == .advertisement(.receivePack) { try requireRedis() }
        guard access("\(dataDirectory)/\(request.space.id).git/HEAD", R_OK) == 0 else { throw .beingPrepared }
        return PreparedRequest(request)
    }

    private func requireRedis() throws(Refusal) {
        do throws(RedisError) {
            _ = try redis.withConnection { (connection) throws(RedisError) in try connection.command(["PING"]) }
        } catch {
            throw .redisUnavailable(error.description)
        }
    }
}
