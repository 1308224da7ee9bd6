import Base
import Directory
import GitHTTP
import PushProtocol
import Redis
import Vault

/// A request whose repository can be served.
struct PreparedRequest {
    let request: GatedRequest

    fileprivate init(_ authorised: AuthorisedRequest) { request = authorised.request }
}

/// Refuses at `info/refs` what could only fail later, where git would hide the reason.
struct Prepare {
    let vault: Vault
    let redis: RedisPool
    /// How long the first clone of a new space waits for its first export.
    let exportMilliseconds: Int

    func callAsFunction(_ authorised: AuthorisedRequest) throws(Refusal) -> PreparedRequest {
        let request = authorised.request
        // A push needs the lock, and the lock needs Redis.
        if request.endpoint == .advertisement(.receivePack) { try requireRedis() }
        do throws(VaultError) {
            try vault.ensureServable(request.space.id)
        } catch {
            throw .backendFailed(error.description)
        }
        if !vault.isExported(request.space.id) { try waitForExport(of: request.space.id, request.endpoint) }
        return PreparedRequest(authorised)
    }

    private func waitForExport(of space: SpaceID, _ endpoint: Endpoint) throws(Refusal) {
        guard !endpoint.isCall else { throw .beingPrepared }
        do throws(RedisError) {
            try WakeUp.look(at: space, over: redis)
        } catch {
            // Without the wake-up the daemon finds the space at its next tick.
        }
        let deadline = Deadline.after(milliseconds: exportMilliseconds)
        guard vault.waitUntilExported(space, until: deadline) else { throw .beingPrepared }
    }

    private func requireRedis() throws(Refusal) {
        do throws(RedisError) {
            _ = try redis.withConnection { (connection) throws(RedisError) in try connection.command(["PING"]) }
        } catch {
            throw .redisUnavailable(error.description)
        }
    }
}
