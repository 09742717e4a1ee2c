import Records
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "a day number and its date are each other's inverse",
    arguments: [-719_468, -1, 0, 14_965, 20_000])
  func civil(day: Int64) {
    let date = civilFromDays(day)
    #expect(daysFromCivil(year: date.year, month: date.month, day: date.day) == day)
  }

  @Test("RFC 3339 has as many fraction digits as it needs")
  func text() {
    #expect(Timestamp(seconds: 1_293_033_791).rfc3339 == "2010-12-22T16:03:11Z")
    #expect(
      Timestamp(seconds: 1_293_033_791, nanoseconds: 123_000_000).rfc3339
        == "2010-12-22T16:03:11.123Z")
    #expect(Timestamp.unknown.rfc3339 == "unknown")
  }

  @Test("a stamp without a year resolves to the latest year that is not after the reference")
  func yearless() {
    let reference = StampContext(reference: Timestamp(seconds: 1_293_840_000))  // 2011-01-01
    #expect(reference.year(month: 12, day: 22, secondOfDay: 0) == 2010)
    #expect(reference.year(month: 1, day: 1, secondOfDay: 0) == 2011)
    #expect(reference.year(month: 2, day: 29, secondOfDay: 0) == 2008)
  }

  @Test("an instant outside of the range is unknown, and nothing traps")
  func saturation() {
    #expect(!Timestamp(seconds: .max).isKnown)
    #expect(!Timestamp(seconds: .min).isKnown)
  }
}
