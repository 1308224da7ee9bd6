/// The refs of a space's repository.
package enum RefNames {
    /// What people see and push to.
    package static let main = "refs/heads/main"
    /// What both sides agreed on, with the table of identities.
    package static let base = "refs/docmost/wiki"
    /// The newest record of a push; its first parents are the older ones.
    package static let pushed = "refs/docmost/pushed"
    /// The newest record that the daemon has carried into the wiki.
    package static let reconciled = "refs/docmost/reconciled"
}
