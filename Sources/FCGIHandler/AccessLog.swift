import Base
import CShims
import GitHTTP
import Glibc
import JSON

/// What happened to one request; filled in on its way through the pipeline.
struct RequestRecord {
    private let started = MonotonicClock.milliseconds()
    var requestID = ""
    var user: String?
    /// The password was checked by computing its hash, not by memory.
    var isHashed = false
    var space: SpaceID?
    var method = ""
    var endpoint: Endpoint?
    var address = ""
    var status = 0
    var refusal: String?
    /// For the operator: why something of ours failed, or the last words of git.
    var cause: String?
    var bytesIn = 0
    var bytesOut = 0
    /// Milliseconds.
    var lockWait: Int?
    var lockHold: Int?
    var processorMicroseconds: Int?
    /// The reply was cut off: the client went away, or git died.
    var isCutOff = false
    var refs: [MovedRef] = []
    /// How the daemon's report on a push ended.
    var report: String?

    struct MovedRef {
        let name: String
        let old: String
        let new: String
        let refusal: String?

        var json: JSONValue {
            var members: [JSONObject.Member] = [
                ("ref", .string(name)), ("old", .string(old)), ("new", .string(new)),
            ]
            if let refusal { members.append(("refusal", .string(refusal))) }
            return .object(JSONObject(members))
        }
    }

    mutating func begin(_ request: ParsedRequest) {
        requestID = request.requestID ?? SpaceID.fresh().description
        method = request.method
        endpoint = try? request.endpoint.get()
        address = request.address
    }

    /// One line of JSON; a field without a value is left out.
    var line: String {
        var members: [JSONObject.Member] = [
            ("ms", .number(JSONNumber(Int(WallClock.milliseconds())))), ("request", .string(requestID)),
            ("address", .string(address)), ("method", .string(method)), ("status", .number(JSONNumber(status))),
        ]
        func add(_ key: String, _ value: String?) { if let value { members.append((key, .string(value))) } }
        func add(_ key: String, _ value: Int?) { if let value { members.append((key, .number(JSONNumber(value)))) } }
        add("user", user)
        add("space", space?.description)
        add("service", endpoint.map { "\($0.service.rawValue)\($0.isCall ? "" : " (refs)")" })
        if user != nil { add("login", isHashed ? "hashed" : "remembered") }
        add("refusal", refusal)
        add("cause", cause)
        add("bytes_in", bytesIn)
        add("bytes_out", bytesOut)
        add("took_ms", Int(MonotonicClock.milliseconds() - started))
        add("lock_wait_ms", lockWait)
        add("lock_hold_ms", lockHold)
        add("child_cpu_us", processorMicroseconds)
        if isCutOff { members.append(("cut_off", .bool(true))) }
        add("report", report)
        if !refs.isEmpty { members.append(("refs", .array(refs.map(\.json)))) }
        return JSONValue.object(JSONObject(members)).serialized
    }
}

/// One line per request on standard error, which every front end keeps: the journal, or the web server's error log.
///
/// A line is one write, so lines of several threads and processes do not mix.
enum AccessLog {
    static func write(_ record: RequestRecord) {
        let bytes = Array((record.line + "\n").utf8)
        _ = Glibc.write(2, bytes, bytes.count)
    }
}
