import Synchronization
import TestSupport

/// One installation per front end for all tests that leave it as it was.
enum SharedSites {
    private static let sites = Mutex<[FrontEnd: Site]>([:])

    static func site(_ frontEnd: FrontEnd) throws -> Site {
        try sites.withLock { sites in
            if let site = sites[frontEnd] { return site }
            let site = try Site(frontEnd)
            try site.makeRepository(files: ["Home.md": "Hello.\n", "Guide/Guide.md": "How to.\n"])
            sites[frontEnd] = site
            return site
        }
    }
}
