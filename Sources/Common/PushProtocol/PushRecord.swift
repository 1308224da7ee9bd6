package import Base
package import GitStore
internal import JSON

/// One push: who moved main, when, from where to where, and with which options.
package struct PushRecord: Hashable, Sendable {
    package var push: PushID
    package var user: UserID
    package var name: String
    package var email: String
    /// Milliseconds since 1970.
    package var time: UInt64
    /// Main before the push; nil when there was none.
    package var old: ObjectID?
    package var new: ObjectID
    package var options: [String]
    /// Page files of `old` whose deletion the person has confirmed, by their paths there. Nothing else is allowed by it.
    package var allowedDeletions: [String]
    /// The commit that holds this record; nil before it is written.
    package var commit: ObjectID?

    package init(
        push: PushID,
        user: UserID,
        name: String,
        email: String,
        time: UInt64,
        old: ObjectID?,
        new: ObjectID,
        options: [String] = [],
        allowedDeletions: [String] = [],
        commit: ObjectID? = nil
    ) {
        self.push = push
        self.user = user
        self.name = name
        self.email = email
        self.time = time
        self.old = old
        self.new = new
        self.options = options
        self.allowedDeletions = allowedDeletions
        self.commit = commit
    }

    /// A line for people, then the record as one line of JSON.
    package var message: String {
        var object: JSONObject = [
            "push": .string(push.description), "user": .string(user.description), "name": .string(name),
            "email": .string(email), "time": .number(JSONNumber(Int(clamping: time))), "new": .string(new.description),
        ]
        object["old"] = old.map { .string($0.description) }
        if !options.isEmpty { object["options"] = .array(options.map { .string($0) }) }
        if !allowedDeletions.isEmpty { object["allowedDeletions"] = .array(allowedDeletions.map { .string($0) }) }
        return "Push of \(new.description.prefix(12))\n\n\(JSONValue.object(object).serialized)\n"
    }

    /// Reads a record out of its commit's message; nil for a message that holds none.
    package init?(message: [UInt8], commit: ObjectID?) {
        let lines = message.split(separator: UInt8(ascii: "\n"))
        guard let line = lines.last(where: { $0.first == UInt8(ascii: "{") }),
            let value = try? JSONValue(parsing: Array(line)),
            let push = value["push"]?.string.flatMap({ PushID($0) }),
            let user = value["user"]?.string.flatMap({ UserID($0) }),
            let time = value["time"]?.int, time >= 0,
            let new = value["new"]?.string.flatMap({ ObjectID($0) })
        else { return nil }
        self.init(
            push: push,
            user: user,
            name: value["name"]?.string ?? "",
            email: value["email"]?.string ?? "",
            time: UInt64(time),
            old: value["old"]?.string.flatMap { ObjectID($0) },
            new: new,
            options: value["options"]?.array?.compactMap(\.string) ?? [],
            allowedDeletions: value["allowedDeletions"]?.array?.compactMap(\.string) ?? [],
            commit: commit
        )
    }
}
