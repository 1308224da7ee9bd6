import Base
import GitStore

/// Who is named in commits.
final class People {
    private let wiki: any Wiki
    private let usesRealAddresses: Bool
    private var known: [UserID: WikiPerson] = [:]

    init(_ wiki: any Wiki, usesRealAddresses: Bool) {
        self.wiki = wiki
        self.usesRealAddresses = usesRealAddresses
    }

    static let robot = WikiPerson(name: "docmost-git", email: "docmost-git@localhost")

    /// Looks up many people in one query.
    func prepare(_ ids: Set<UserID>) throws(WikiError) {
        let missing = ids.filter { known[$0] == nil }
        guard !missing.isEmpty else { return }
        known.merge(try wiki.people(Set(missing))) { $1 }
    }

    func person(_ id: UserID?) -> WikiPerson {
        guard let id, let person = known[id] else { return People.robot }
        return usesRealAddresses ? person : WikiPerson(name: person.name, email: "\(id)@users.noreply.docmost-git")
    }

    func name(_ id: UserID?) -> String { person(id).name }

    func signature(_ id: UserID?, microseconds: Int64) -> Signature {
        let person = person(id)
        return Signature(name: person.name, email: person.email, seconds: Int(microseconds / 1_000_000))
    }
}
