/// The message of the commits under `refs/docmost/wiki`: which state of main they agree with.
package enum BaseMessage {
    package static func text(main: ObjectID?) -> String {
        "What the wiki and main agree on\n\n" + (main.map { "\(prefix)\($0)\n" } ?? "")
    }

    /// The tip of main that a message names; nil where it names none.
    package static func main(in message: String) -> ObjectID? {
        for line in message.split(separator: "\n") where line.hasPrefix(prefix) {
            return ObjectID(line.dropFirst(prefix.count))
        }
        return nil
    }

    private static let prefix = "Main: "
}
