package import Base
package import GitStore
internal import JSON

// What the git host and the daemon say to each other, over Docmost's Redis.
//
// host → daemon, on the channel `docmost-git:wake`: a `WakeUp`: look at a space, a push has landed (with the token of
// the host's lock), or say what a push would do.
// daemon → host, on a channel of the push (`docmost-git:push:<id>`): `PushReply`s: the lock was taken over, a line per
// page, still at work, done.
// Nothing depends on a message: a push is durable before anybody is told (`PushJournal`), and the daemon's poll finds it.

package enum PushKind {}

/// The id of one push, or of one question about a push.
package typealias PushID = Identifier<PushKind>

/// What the host tells the daemon.
package struct WakeUp: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// Something waits for this space: its first export, or a push that was not handed over.
        case look
        /// Main was moved by this push; the host holds the space under this token until the daemon takes it over.
        case pushed(PushID, token: String)
        /// What would this push do? Nothing is held, and nothing may change.
        case plan(PlanRequest)
    }

    package static let channel = "docmost-git:wake"

    package var space: SpaceID
    package var reason: Reason

    package init(space: SpaceID, reason: Reason) {
        self.space = space
        self.reason = reason
    }

    /// The channel for the answers to a push or question.
    package static func replies(to push: PushID) -> String { "docmost-git:push:\(push)" }
}

/// A push that is only asked about.
package struct PlanRequest: Hashable, Sendable {
    package var push: PushID
    package var user: UserID
    /// Main as it is, and as the push would make it; both are objects of the space's repository.
    package var old: ObjectID?
    package var new: ObjectID
    package var options: [String]

    package init(push: PushID, user: UserID, old: ObjectID?, new: ObjectID, options: [String]) {
        self.push = push
        self.user = user
        self.old = old
        self.new = new
        self.options = options
    }
}

extension WakeUp {
    /// The message's bytes: one JSON object.
    package var bytes: [UInt8] {
        var object: JSONObject = ["space": .string(space.description)]
        switch reason {
        case .look: break
        case .pushed(let push, let token):
            object["pushed"] = .string(push.description)
            object["token"] = .string(token)
        case .plan(let request):
            object["plan"] = .string(request.push.description)
            object["user"] = .string(request.user.description)
            object["old"] = request.old.map { .string($0.description) }
            object["new"] = .string(request.new.description)
            object["options"] = .array(request.options.map { .string($0) })
        }
        return JSONValue.object(object).bytes()
    }

    /// Reads a message; nil for what is none, for the channel is open to everybody who has Redis.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes, limits: JSONLimits(bytes: 1 << 20, depth: 16)),
            let space = value["space"]?.string.flatMap({ SpaceID($0) })
        else { return nil }
        if let push = value["pushed"]?.string {
            guard let push = PushID(push), let token = value["token"]?.string else { return nil }
            self.init(space: space, reason: .pushed(push, token: token))
        } else if value["plan"] != nil {
            guard let request = PlanRequest(value) else { return nil }
            self.init(space: space, reason: .plan(request))
        } else {
            self.init(space: space, reason: .look)
        }
    }
}

extension PlanRequest {
    fileprivate init?(_ value: JSONValue) {
        guard let push = value["plan"]?.string.flatMap({ PushID($0) }),
            let user = value["user"]?.string.flatMap({ UserID($0) }),
            let new = value["new"]?.string.flatMap({ ObjectID($0) })
        else { return nil }
        self.init(
            push: push,
            user: user,
            old: value["old"]?.string.flatMap { ObjectID($0) },
            new: new,
            options: value["options"]?.array?.compactMap(\.string) ?? []
        )
    }
}
