/// Times in UTC, and where the ticks of a time axis fall.

/// Seconds since the epoch, kept within the years 0 to 9999.
private func inRange(_ time: Double) -> Double {
  time.isNaN ? 0 : min(max(time, -62_167_219_200), 253_402_300_799)
}

struct Civil {
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int

  /// Source: H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `civil_from_days`.
  init(_ time: Double) {
    let seconds = Int(inRange(time).rounded(.down))
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let index = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * index + 2) / 5 + 1
    month = index < 10 ? index + 3 : index - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }
}

func padded(_ number: Int, _ width: Int = 2) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// RFC 3339 in UTC, with milliseconds only where there are some.
func stamp(_ time: Double) -> String {
  let milliseconds = (inRange(time) * 1000).rounded()
  let civil = Civil((milliseconds / 1000).rounded(.down))
  let fraction = Int(milliseconds - (milliseconds / 1000).rounded(.down) * 1000)
  return "\(padded(civil.year, 4))-\(padded(civil.month))-\(padded(civil.day))T"
    + "\(padded(civil.hour)):\(padded(civil.minute)):\(padded(civil.second))"
    + (fraction > 0 ? ".\(padded(fraction, 3))Z" : "Z")
}

private let months = [
  "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

/// A range of time on `width` pixels from `left`.
struct TimeAxis {
  let start: Double
  let end: Double
  let left: Double
  let width: Double

  /// An empty or reversed range becomes one minute.
  init(start: Double, end: Double, left: Double, width: Double) {
    self.start = inRange(start)
    self.end = max(inRange(end), self.start + (inRange(end) > self.start ? 0.001 : 60))
    self.left = left
    self.width = width
  }

  func x(_ time: Double) -> Double {
    left + min(1, max(0, (inRange(time) - start) / (end - start))) * width
  }

  private static let steps: [Double] = [
    0.001, 0.01, 0.1, 1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600,
    43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000, 315_360_000,
    3_153_600_000, 31_536_000_000,
  ]

  struct Tick {
    var x: Double
    var label: String
    /// Set where the date is to be written below.
    var date: String?
  }

  /// Ticks at whole steps of UTC, at least 80 pixels apart; the date at the first and at each change.
  func ticks() -> [Tick] {
    let most = max(2, Int(width / 80))
    let step = Self.steps.first { (end - start) / $0 <= Double(most) } ?? (end - start)
    var result: [Tick] = []
    var day = ""
    var dateEnd = -Double.infinity
    var index = (start / step).rounded(.up)
    while index * step <= end, result.count <= most + 1 {
      let time = index * step
      let civil = Civil(time)
      let date = "\(civil.day) \(months[civil.month - 1]) \(padded(civil.year, 4))"
      var label = "\(padded(civil.hour)):\(padded(civil.minute))"
      if step < 60 { label += ":\(padded(civil.second))" }
      if step < 1 {
        label =
          ":\(padded(civil.second))."
          + padded(Int(min(999, ((time - time.rounded(.down)) * 1000).rounded())), 3)
      }
      if step >= 86_400 { label = "\(civil.day) \(months[civil.month - 1])" }
      let group = step >= 86_400 ? padded(civil.year, 4) : date
      let position = x(time)
      var shown: String?
      if group != day, position >= dateEnd {
        shown = group
        dateEnd = position + estimatedWidth(group, size: 14) + 8
        day = group
      }
      result.append(Tick(x: position, label: label, date: shown))
      index += 1
    }
    return result
  }
}
