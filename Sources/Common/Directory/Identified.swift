package import Base

/// Everything the database says about one request: who asks, for which space, with which rights.
///
/// Facts only. What follows from them is decided by the stages of the pipeline.
package struct Identified: Hashable, Sendable {
    /// nil where there is no workspace, or none of that host name.
    package let workspace: WorkspaceRules?
    package let account: Account?
    package let space: Space?
    /// nil where the account is no member of the space.
    package let role: SpaceRole?

    package init(workspace: WorkspaceRules?, account: Account?, space: Space?, role: SpaceRole?) {
        self.workspace = workspace
        self.account = account
        self.space = space
        self.role = role
    }

    /// No workspace, so nobody and nothing.
    package static let nothing = Identified(workspace: nil, account: nil, space: nil, role: nil)
}

/// What a workspace demands of a login.
package struct WorkspaceRules: Hashable, Sendable {
    package let id: WorkspaceID
    package let enforcesSSO: Bool
    package let enforcesMFA: Bool

    package init(id: WorkspaceID, enforcesSSO: Bool, enforcesMFA: Bool) {
        self.id = id
        self.enforcesSSO = enforcesSSO
        self.enforcesMFA = enforcesMFA
    }
}

/// A row of `users`, as far as a login is concerned.
package struct Account: Hashable, Sendable {
    package let id: UserID
    package let email: String
    package let name: String
    /// nil for an account that never had a password, as SSO makes them.
    package let passwordHash: Secret?
    package let isDeactivated: Bool
    package let isDeleted: Bool
    package let isEmailVerified: Bool
    /// The person has switched on a second factor.
    package let usesMFA: Bool

    package init(
        id: UserID,
        email: String,
        name: String,
        passwordHash: Secret?,
        isDeactivated: Bool,
        isDeleted: Bool,
        isEmailVerified: Bool,
        usesMFA: Bool
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.passwordHash = passwordHash
        self.isDeactivated = isDeactivated
        self.isDeleted = isDeleted
        self.isEmailVerified = isEmailVerified
        self.usesMFA = usesMFA
    }
}

/// A row of `spaces`.
package struct Space: Hashable, Sendable {
    package let id: SpaceID
    package let slug: String
    package let name: String
    package let workspace: WorkspaceID
    /// `settings.gitSync.enabled`: the space takes part.
    package let isSynced: Bool

    package init(id: SpaceID, slug: String, name: String, workspace: WorkspaceID, isSynced: Bool) {
        self.id = id
        self.slug = slug
        self.name = name
        self.workspace = workspace
        self.isSynced = isSynced
    }
}
