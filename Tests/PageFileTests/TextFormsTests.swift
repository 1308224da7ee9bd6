import Foundation
import Testing

@testable import PageFile

@Suite("Unicode forms without Foundation")
struct TextFormsTests {
    @Test func compositionIsThatOfFoundationForTheBasicPlane() {
        for value in UInt32(0)...0xFFFF {
            // Foundation goes wrong beyond the basic plane, and its tables may be older than the standard library.s.
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major <= 13 else { continue }
            let text = String(scalar) + "\u{301}\u{323}"
            #expect(
                TextForms.composed(text).utf8.elementsEqual(text.precomposedStringWithCanonicalMapping.utf8),
                "\(value)"
            )
        }
    }

    @Test func hangulSyllablesAreComposed() {
        #expect(Array(TextForms.composed("\u{1112}\u{1161}\u{11AB}").utf8) == Array("한".utf8))
    }
}
