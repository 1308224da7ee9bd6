// swift-tools-version: 6.2

// The map of the package: what each target is for, and what it may import.
// Arrows point one way: executables → use-case libraries → pure libraries and wrappers → system modules.
// ARCHITECTURE.md draws it; `swift build --explicit-target-dependency-import-check error` enforces it.

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A library under Sources/Common; its folder is its name.
func common(_ name: String, _ dependencies: [String] = []) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .byName(name: $0) },
        path: "Sources/Common/\(name)",
        swiftSettings: settings
    )
}

/// A Debian C library: a module map, a header, and the apt package that brings both.
func system(_ name: String, apt package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/Common/System/\(name)", providers: [.apt([package])])
}

/// A test target; what it needs beyond the target it is named after is listed.
func tests(
    _ name: String,
    _ dependencies: [String] = [],
    products: [Target.Dependency] = [],
    exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: ([name] + dependencies).map { .byName(name: $0) } + products,
        path: "Tests/\(name)Tests",
        exclude: exclude,
        resources: resources,
        swiftSettings: settings
    )
}

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "docmost-git",
    products: [
        .executable(name: "docmost-git-fcgi", targets: ["FCGIHandler"]),
        .executable(name: "docmost-git-hook", targets: ["Hook"]),
        .executable(name: "docmost-git-sync", targets: ["SyncDaemon"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        // System libraries.
        system("CFastCGI", apt: "libfcgi-dev"),
        system("CHiredis", apt: "libhiredis-dev"),
        system("CPostgres", apt: "libpq-dev"),
        system("CCrypt", apt: "libcrypt-dev"),
        system("CCrypto", apt: "libssl-dev"),
        system("CZlib", apt: "zlib1g-dev"),
        .target(name: "CShims", path: "Sources/Common/System/CShims"),

        // Values and pure libraries: no I/O.
        common("Base", ["CShims"]),
        common("JSON"),
        common("ProseMirror", ["JSON"]),
        common("Markdown", ["JSON", "ProseMirror"]),
        common("PageFile", ["Base", "JSON", "ProseMirror", "Markdown"]),
        common("YDoc", ["JSON", "ProseMirror"]),
        common("Reconcile", ["Base", "JSON"]),
        common("GitHTTP", ["Base"]),

        // Wrappers: one C library or one operating system service each.
        common("Digest", ["CCrypto"]),
        common("FastCGI", ["Base", "CFastCGI", "CShims"]),
        common("Inflate", ["CZlib"]),
        common("PasswordHash", ["CCrypt"]),
        common("Postgres", ["Base", "CPostgres"]),
        common("Processes", ["Base", "CShims"]),
        common("Redis", ["Base", "CHiredis"]),

        // Use cases.
        common("Settings", ["Base", "CShims"]),
        common("Directory", ["Base", "Postgres"]),
        common("SpaceLock", ["Base", "CShims", "Redis"]),
        common("GitStore", ["Base", "Digest", "Processes"]),
        common("Vault", ["Base", "CShims", "Digest", "GitStore", "Processes"]),
        common("PageStore", ["Base", "JSON", "ProseMirror", "Postgres"]),
        common("Collab", ["Base", "Digest", "JSON", "Redis", "YDoc"]),
        common("PageWriter", ["Base", "Collab", "JSON", "PageStore", "Postgres", "ProseMirror", "YDoc"]),
        common("PushProtocol", ["Base", "GitStore", "JSON", "Processes", "Redis", "SpaceLock"]),

        // The push transaction: the responder's side of git's hooks.
        .target(
            name: "Push",
            dependencies: [
                "Base", "CShims", "GitHTTP", "GitStore", "PageFile", "Processes", "PushProtocol", "Reconcile", "Redis",
                "SpaceLock", "Vault",
            ],
            path: "Sources/FCGIHandler/Push",
            swiftSettings: settings
        ),

        // The cycle of the daemon: a library, so that tests build it alone.
        .target(
            name: "Cycle",
            dependencies: ["Base", "Digest", "GitStore", "JSON", "ProseMirror", "PushProtocol", "Reconcile"],
            path: "Sources/SyncDaemon/Cycle",
            swiftSettings: settings
        ),

        // Executables.
        .executableTarget(
            name: "FCGIHandler",
            dependencies: [
                "Base", "CShims", "Digest", "Directory", "FastCGI", "GitHTTP", "GitStore", "Inflate", "JSON",
                "PasswordHash", "Postgres", "Processes", "Push", "PushProtocol", "Redis", "Settings",
                "SpaceLock", "Vault",
                log,
            ],
            path: "Sources/FCGIHandler",
            exclude: ["Hook", "Push"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Hook",
            dependencies: ["CShims"],
            path: "Sources/FCGIHandler/Hook",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "SyncDaemon",
            dependencies: [
                "Base", "CShims", "Collab", "Cycle", "GitStore", "JSON", "Markdown", "PageFile",
                "PageStore", "PageWriter", "Postgres", "Processes", "ProseMirror", "PushProtocol", "Reconcile", "Redis",
                "Settings", "SpaceLock", "Vault", "YDoc",
                log, lifecycle, arguments,
            ],
            path: "Sources/SyncDaemon",
            exclude: ["Cycle"],
            swiftSettings: settings
        ),

        // Benchmarks.
        .executableTarget(
            name: "YDocBenchmark",
            dependencies: ["DocumentGenerator", "JSON", "ProseMirror", "YDoc"],
            path: "Benchmarks/ydoc",
            exclude: ["run", "results.md"],
            swiftSettings: settings
        ),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["Base", "CShims"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .target(name: "TestTraits", dependencies: ["TestSupport"], path: "Tests/TestTraits", swiftSettings: settings),
        tests("Base"),
        .target(
            name: "DocumentGenerator",
            dependencies: ["JSON", "ProseMirror", "TestSupport"],
            path: "Tests/DocumentGenerator",
            swiftSettings: settings
        ),
        tests("SpaceLock", ["Base", "Redis", "TestSupport"]),
        tests("Vault", ["Base", "GitStore", "TestSupport"]),
        tests("PushProtocol", ["Base", "GitStore", "Redis", "SpaceLock", "TestSupport"]),
        .executableTarget(
            name: "PushDriver",
            dependencies: ["Base", "GitStore", "Processes", "Push", "PushProtocol", "Redis", "SpaceLock", "Vault"],
            path: "Tests/PushDriver",
            swiftSettings: settings
        ),
        .testTarget(
            name: "PushTests",
            dependencies: [
                "Base", "GitStore", "Push", "PushProtocol", "Redis", "SpaceLock", "TestSupport", "Vault", "PushDriver",
                "Hook",
            ],
            path: "Tests/PushTests",
            exclude: ["Transcripts", "push_with_dulwich.py"],
            swiftSettings: settings
        ),
        tests("JSON", ["Base"]),
        tests("Processes", ["Base"]),
        tests("GitStore", ["TestSupport"]),
        tests("Settings", ["Base"]),
        tests(
            "SyncDaemon",
            [
                "Base", "Cycle", "GitStore", "JSON", "PageFile", "PageStore", "Postgres", "Processes", "ProseMirror",
                "PushProtocol", "Reconcile", "Settings", "SpaceLock", "SyncStage", "TestSupport",
                "TestTraits", "Vault", "YDoc",
            ],
            products: [log, lifecycle]
        ),
        tests("TestSupport"),
        tests("FastCGI", ["Base", "CShims"]),
        tests("Directory", ["Base", "Postgres", "TestSupport"]),
        tests("FCGIHandler", ["Base", "FastCGI", "GitHTTP", "JSON", "Redis", "TestSupport"]),
        .testTarget(
            name: "FrontEndTests",
            dependencies: ["Base", "FCGIHandler", "Hook", "TestSupport"],
            path: "Tests/FrontEndTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "InstallationTests",
            dependencies: ["Base", "FCGIHandler", "Hook", "SyncDaemon", "TestSupport", "TestTraits"],
            path: "Tests/InstallationTests",
            swiftSettings: settings
        ),
        tests("GitHTTP", ["Base"]),
        tests("Inflate", ["TestSupport"]),
        tests("PasswordHash"),
        tests("Postgres", ["Base", "TestSupport"]),
        tests("Redis", ["Base", "TestSupport"]),
        tests("ProseMirror", ["Base", "JSON", "DocumentGenerator"]),
        tests("Markdown", ["Base", "JSON", "ProseMirror", "DocumentGenerator", "TestSupport"]),
        tests("PageFile", ["Base", "JSON", "Markdown", "ProseMirror", "DocumentGenerator"]),
        tests("YDoc", ["Base", "JSON", "ProseMirror", "DocumentGenerator", "TestSupport"], exclude: ["peer"]),
        tests("Reconcile", ["Base"]),
        .target(
            name: "SyncStage",
            dependencies: ["Base", "Cycle", "GitStore", "Processes", "ProseMirror", "PushProtocol", "Reconcile"],
            path: "Tests/SyncStage",
            swiftSettings: settings
        ),
        tests(
            "Cycle",
            [
                "Base", "GitStore", "JSON", "PageFile", "Processes", "ProseMirror", "PushProtocol", "Reconcile",
                "SyncStage", "TestSupport",
            ]
        ),
        tests("PageStore", ["Base", "JSON", "Postgres", "ProseMirror", "TestSupport"]),
        tests("Collab", ["Base", "JSON", "ProseMirror", "Redis", "TestSupport", "YDoc"]),
        .executableTarget(
            name: "PageDriver",
            dependencies: [
                "Base", "Collab", "JSON", "PageStore", "PageWriter", "Postgres", "ProseMirror", "TestSupport",
            ],
            path: "Tests/PageDriver",
            swiftSettings: settings
        ),
        tests(
            "PageWriter",
            ["Base", "Collab", "JSON", "PageDriver", "PageStore", "Postgres", "ProseMirror", "TestSupport", "YDoc"]
        ),
    ]
)
