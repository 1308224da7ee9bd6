/// Text that a terminal shows and does not obey: names come from everybody who may write.
package func terminalText(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        let isControl = scalar.properties.generalCategory == .control
        // Overrides of the direction of writing make a name look like another.
        let isOverride = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        scalars.append(isControl || isOverride ? "?" : scalar)
    }
    return String(scalars)
}
