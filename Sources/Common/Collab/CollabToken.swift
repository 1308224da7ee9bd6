package import Base
internal import Digest
internal import JSON

/// The token with which a user joins a live document: a JSON Web Token (RFC 7519) signed with Docmost's APP_SECRET.
package enum CollabToken {
    private static let lifetimeSeconds = 300

    /// Signs a token that is valid for five minutes.
    package static func sign(user: UserID, workspace: WorkspaceID, secret: Secret, now: UInt64) -> Secret {
        let header: JSONValue = ["alg": "HS256", "typ": "JWT"]
        let issued = Int(now / 1000)
        let claims: JSONValue = [
            "sub": .string(user.description), "workspaceId": .string(workspace.description), "type": "collab",
            // Clocks of two machines differ: a token from the future would be refused by some libraries.
            "iat": .number(JSONNumber(issued - 5)), "exp": .number(JSONNumber(issued + lifetimeSeconds)),
            "iss": "Docmost",
        ]
        let unsigned = [header, claims].map { Base64.encode($0.bytes(), urlSafe: true) }.joined(separator: ".")
        let signature = Digest.hmacSHA256(key: Array(secret.revealed.utf8), Array(unsigned.utf8))
        return Secret("\(unsigned).\(Base64.encode(signature, urlSafe: true))")
    }
}
