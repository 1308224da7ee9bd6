import JSON

/// Equality member for member: what two nodes mean is compared by `Canonical`.
extension Node: Equatable {
    package static func == (left: Node, right: Node) -> Bool {
        sameText(left.type, right.type) && left.attrs == right.attrs && left.content == right.content
            && left.marks == right.marks && sameText(left.text, right.text) && left.extra == right.extra
    }
}

extension Mark: Equatable {
    package static func == (left: Mark, right: Mark) -> Bool {
        sameText(left.type, right.type) && left.attrs == right.attrs && left.extra == right.extra
    }
}

private func sameText(_ left: String?, _ right: String?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (let left?, let right?): JSON.sameText(left, right)
    default: false
    }
}
