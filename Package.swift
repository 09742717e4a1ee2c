// swift-tools-version: 6.2
import PackageDescription

/// Every target of the project is compiled under these settings; warnings are errors.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Tests poke at C and at raw bytes on purpose, so memory-safety marks would only be noise there.
let strictForTests: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// A module of the pipeline. Imports run one way: a target may name only targets above it in `targets`.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: strictForTests)
}

let package = Package(
  name: "inquest",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "inquest", targets: ["inquest"]),
    .library(name: "InquestKit", targets: ["InquestKit"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Libraries of the system.
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"]), .brew(["isa-l"])]),
    .systemLibrary(
      name: "CPCRE2", pkgConfig: "libpcre2-8",
      providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),

    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive",
      providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),

    .systemLibrary(
      name: "CMaxMind", pkgConfig: "libmaxminddb",
      providers: [.apt(["libmaxminddb-dev"]), .brew(["libmaxminddb"])]),

    // What Swift cannot name: one instruction, one option of malloc.
    .systemLibrary(name: "CPlatform"),

    // The data plane: once per byte or record.
    module("Records"),
    module("Patterns", ["Records", "CPCRE2"]),
    module("Acquisition", ["Records", "CZlib", "CISAL", "CArchive", "CCrypto"]),
    module("Formats", ["Records", "Patterns"]),
    module("Sketches", ["Records", "CPlatform"]),
    module("Surveys", ["Records", "Patterns", "Sketches", "CPlatform"]),

    // The control plane: once per source or finding.
    module(
      "SurveyStore",
      ["Records", "Sketches", "Surveys", .product(name: "GRDB", package: "GRDB.swift")]),
    module("Statistics"),
    module("Correlation", ["Records", "Sketches", "Surveys", "Statistics"]),
    module("Whereabouts", ["Correlation", "CMaxMind"]),
    module("Verdicts", ["Records", "Sketches", "Surveys", "Statistics", "Correlation"]),
    module("Figures"),
    module(
      "Findings",
      ["Records", "Sketches", "Surveys", "Statistics", "Correlation", "Verdicts", "Figures"]),
    module("PostMortem", ["Records", "Figures", "Verdicts", "Findings", "CCrypto"]),
    module(
      "InquestKit",
      [
        "Records", "Acquisition", "Formats", "Sketches", "Surveys", "SurveyStore", "Correlation",
        "Whereabouts", "Verdicts", "Findings", "Figures", "PostMortem",
        .product(name: "Yams", package: "Yams"),
      ]),
    module("Simulator", ["Records", "CZlib"]),
    module(
      "InquestCLI",
      [
        "Records", "Acquisition", "Formats", "Surveys", "SurveyStore", "Correlation", "Whereabouts",
        "Verdicts", "InquestKit", "Simulator", "Findings", "PostMortem", "CPlatform",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "inquest", dependencies: ["InquestCLI"], swiftSettings: strict),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["CZlib"], path: "Tests/TestSupport",
      swiftSettings: strictForTests),
    .target(
      name: "ReadingLaws", dependencies: ["Acquisition", "Formats", "Records"],
      path: "Tests/ReadingLaws",
      swiftSettings: strictForTests),
    tests("RecordsTests", ["Records"]),
    tests("AcquisitionTests", ["Acquisition", "Records"]),
    tests("FormatsTests", ["Formats", "Records", "Patterns", "ReadingLaws"]),
    tests("StatisticsTests", ["Statistics"]),
    tests("CorrelationTests", ["Correlation"]),
    tests("WhereaboutsTests", ["Whereabouts", "Correlation"]),
    tests("SurveysTests", ["Surveys", "Sketches", "SurveyStore", "Formats", "Records"]),
    tests("FiguresTests", ["Figures"]),
    tests("PostMortemTests", ["PostMortem", "Findings", "Figures", "Verdicts"]),
    tests("SimulatorTests", ["Simulator"]),
    tests(
      "EndToEndTests",
      [
        "InquestKit", "Acquisition", "Formats", "Surveys", "Simulator", "Findings", "Records",
        "PostMortem", "Correlation", "Whereabouts",
      ]),
  ]
)

// Fuzzers need compiler flags that a package others depend on may not have: `make fuzz` asks for them.
if Context.environment["INQUEST_FUZZ"] != nil {
  package.targets += [
    "FuzzFramers", "FuzzParsers", "FuzzStamps", "FuzzDetector", "FuzzLayouts", "FuzzWideText",
  ].map { name in
    .executableTarget(
      name: name, dependencies: ["ReadingLaws"], path: "Fuzzing/\(name)",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  }
}
