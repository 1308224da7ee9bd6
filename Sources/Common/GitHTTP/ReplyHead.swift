/// The status and the headers of a reply, as a CGI program gives them (RFC 3875 §6).
package struct ReplyHead: Hashable, Sendable {
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var status: Int
    package var headers: [Header]

    package init(status: Int, headers: [Header]) {
        self.status = status
        self.headers = headers
    }

    /// The bytes before the body, the empty line included.
    package var bytes: [UInt8] {
        var text = "Status: \(status) \(Self.phrase(status))\r\n"
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// What git's client must never see from a cache.
    package static let notCached = [
        Header("Expires", "Fri, 01 Jan 1980 00:00:00 GMT"), Header("Pragma", "no-cache"),
        Header("Cache-Control", "no-cache, max-age=0, must-revalidate"),
    ]

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
