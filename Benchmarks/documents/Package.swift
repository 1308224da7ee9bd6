// swift-tools-version: 6.2

// Measures the pure document libraries. Its own package, with the sources linked in, because `package` access ends at
// a package's border. Run from this folder: swift run -c release <Name>

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [String] = [], exclude: [String] = []) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .byName(name: $0) },
        exclude: exclude,
        swiftSettings: settings
    )
}

func benchmark(_ name: String, _ dependencies: [String]) -> Target {
    .executableTarget(name: name, dependencies: dependencies.map { .byName(name: $0) }, swiftSettings: settings)
}

let package = Package(
    name: "documents-benchmarks",
    targets: [
        .target(name: "CShims"),
        library("Base", ["CShims"]),
        library("JSON"),
        library("ProseMirror", ["JSON"]),
        library("Markdown", ["JSON", "ProseMirror"]),
        library("DocumentGenerator", ["JSON", "ProseMirror"], exclude: ["Fixture.swift"]),
        benchmark("Campaign", ["Base", "JSON", "ProseMirror", "Markdown", "DocumentGenerator"]),
        benchmark("JSONBenchmark", ["Base", "JSON", "ProseMirror", "DocumentGenerator"]),
        benchmark("MarkdownBenchmark", ["Base", "JSON", "ProseMirror", "Markdown", "DocumentGenerator"]),
        benchmark("MergeBenchmark", ["Base", "JSON", "ProseMirror", "DocumentGenerator"]),
    ]
)
