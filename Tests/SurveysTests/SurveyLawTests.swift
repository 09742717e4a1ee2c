import Formats
import Foundation
import Records
import Sketches
import SurveyStore
import Surveys
import TestSupport
import Testing

private let context = StampContext(reference: Timestamp(seconds: 1_293_840_000))

/// Frames of three formats with hostile cardinality: many addresses, paths, versions and stray times.
private func lines(_ seed: UInt64, count: Int) -> [(source: Int, text: String)] {
  var dice = Dice(seed)
  var result: [(Int, String)] = []
  for i in 0..<count {
    let minute = dice.below(3000)
    let clock = Timestamp(seconds: 1_292_990_400 + Int64(minute * 60 + dice.below(60)))
    switch dice.below(4) {
    case 0:
      let status = [200, 200, 404, 503, 401][dice.below(5)]
      result.append(
        (
          0,
          "\(dice.below(250)).\(dice.below(250)).1.\(dice.below(250)) - - [22/Dec/2010:\(10 + dice.below(10)):\(10 + dice.below(50)):11 +0000] \"GET /a/\(dice.below(9))/b\(dice.below(40)) HTTP/1.1\" \(status) \(dice.below(9000)) \"-\" \"agent \(dice.below(9))\""
        ))
    case 1:
      let event = ["login_ok", "crash", "start", "sn_lost", "packet_in"][dice.below(5)]
      result.append(
        (
          1,
          "ts=\(clock.rfc3339) node=n\(dice.below(400)) ver=5.\(dice.below(4)) os=windows seg=free event=\(event) lat_ms=\(dice.below(9000)) n=\(dice.below(9))"
        ))
    case 2:
      result.append(
        (
          2,
          "\(clock.rfc3339) host\(dice.below(3)) sshd[\(i)]: Failed password for root from 10.0.\(dice.below(3)).\(dice.below(200)) port \(dice.below(60_000)) ssh2"
        ))
    default: result.append((2, "no time here \(dice.below(5))"))
    }
  }
  return result
}

private func survey(_ input: ArraySlice<(source: Int, text: String)>) -> Survey {
  let formats = ["combined", "p2p-client", "syslog"].compactMap { FormatRegistry.named($0) }
  let roles: [Role] = [.server, .client, .host]
  var surveyor = Surveyor()
  var record = LogRecord()
  for i in input.indices {
    let (source, text) = input[i]
    let frame = Array(text.utf8)
    let place = SourceContext(label: "s\(source)", role: roles[source], host: "h", service: "svc")
    record.reset()
    let position = FramePosition(offset: UInt64(i * 400), line: UInt64(i + 1))
    let outcome = formats[source].parser.parse(frame.span, context: context, into: &record)
    if outcome == .parsed {
      surveyor.observe(record, frame: frame.span, in: place, at: position)
    } else {
      surveyor.reject(outcome, frame.span, in: place, at: position)
    }
  }
  return surveyor.finish()
}

private func merged(_ parts: [Survey]) -> Survey {
  var result = Survey()
  for part in parts { result.merge(part) }
  return result
}

@Suite("Laws of the survey")
struct SurveyLawTests {
  @Test("the empty survey is the identity")
  func identity() {
    let a = survey(lines(1, count: 2000)[...])
    #expect(merged([a]) == a)
    #expect(merged([Survey(), a, Survey()]) == a)
  }

  @Test("parts add up to the whole, wherever they are cut and in any order", arguments: [1, 2, 3])
  func parts(seed: Int) {
    let input = lines(UInt64(seed), count: 6000)
    let whole = survey(input[...])
    for cut in [1, 500, 2999, 5999] {
      let a = survey(input[..<cut])
      let b = survey(input[cut...])
      #expect(merged([a, b]) == whole)
      #expect(merged([b, a]) == whole)
    }
    let thirds = [survey(input[..<2000]), survey(input[2000..<4000]), survey(input[4000...])]
    #expect(merged([thirds[2], merged([thirds[0], thirds[1]])]) == whole)
  }

  @Test("parts add up when the limits of actors and of series are exceeded")
  func overflow() {
    var dice = Dice(9)
    let input = (0..<90_000).map { _ -> (source: Int, text: String) in
      (
        0,
        "\(dice.below(250)).\(dice.below(250)).\(dice.below(250)).\(dice.below(250)) - - [22/Dec/2010:16:\(10 + dice.below(50)):11 +0000] \"GET /\(["a", "b"][dice.below(2)]) HTTP/1.1\" 200 1 \"-\" \"a\(dice.below(9000))\""
      )
    }
    let whole = survey(input[...])
    #expect(whole.population.actors.count <= SurveyLimits.standard.actors)
    #expect(whole.population.sample.level > 0)
    #expect(whole.coarse.entries.count <= SurveyLimits.standard.coarseSeries)
    #expect(merged([survey(input[40_000...]), survey(input[..<40_000])]) == whole)
  }

  @Test("a wild stamp costs a bucket, not the resolution")
  func wild() {
    var input = lines(4, count: 3000)
    input.append(
      (1, "ts=1991-01-01T00:00:00Z node=x ver=1 os=windows seg=free event=start"))
    #expect(survey(input[...]).fineGrid.width == survey(input.dropLast()[...]).fineGrid.width)
  }

  @Test("encoding changes nothing, and a file appears whole")
  func travel() throws {
    let a = survey(lines(5, count: 5000)[...])
    #expect(try Survey(tables: a.tables()) == a)
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "a.survey").path
    try SurveyFile.write(a, to: path)
    #expect(try SurveyFile.read(path) == a)
    let bytes = try Data(contentsOf: URL(filePath: path))
    try SurveyFile.write(a, to: path, overwrite: true)
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
  }

  @Test("a file that is no survey, or was cut off, is refused with words")
  func refused() throws {
    let folder = try TemporaryFolder()
    let other = try folder.write("x.survey", "hello")
    #expect(throws: SurveyFileError.self) { try SurveyFile.read(other) }
    let path = folder.url.appending(path: "b.survey").path
    try SurveyFile.write(survey(lines(6, count: 3000)[...]), to: path)
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let cut = try folder.write("c.survey", Array(bytes.prefix(bytes.count / 2)))
    #expect(throws: SurveyFileError.self) { try SurveyFile.read(cut) }
  }
}
