/// A course of events of a web shop: edge, API, database, queue. Known truth.
public struct WebScenario: Sendable {
  public let name: String
  public let title: String
  public let summary: String
  /// The outcome that happened, and those that a verdict may be.
  public let truth: String
  public let accepted: [String]
  var hours = 8.0
  let trouble: Trouble
  /// Whether lines bear ids of requests; else one of five products asked for has a name of its own.
  var hasRequestIDs = true
  /// Whether one clock drifts, or is set at some time, rather than being off all the time.
  var hasChangingClock = false

  enum Trouble: Sendable {
    case none
    /// The database keeps this share of its capacity, for so many minutes.
    case slowDatabase(left: Double, minutes: Double)
    /// A new version fails this share of what touches the cart.
    case badVersion(failing: Double, minutes: Double)
    /// One API host fails this share of its requests.
    case sickHost(failing: Double, minutes: Double)
    /// Newcomers who behave, as so many times the usual arrivals at the peak.
    case crowd(times: Double, minutes: Double)
    /// Arrivals follow a curve: requests a minute as a multiple of their least, times a load.
    case curve([Double], load: Double)
    /// Strangers who ask for expensive pages and never get an answer.
    case flood(times: Double, senders: Int, minutes: Double)
    /// Log-ins tried with lists of names and passwords.
    case guessing(senders: Int, perMinute: Double, minutes: Double)
    /// Workers stop taking jobs.
    case stuckQueue(minutes: Double)
  }

  public static let all: [WebScenario] = [
    WebScenario(
      name: "web-quiet", title: "A shop's quiet day",
      summary: "Daily shape, deployments, hourly batch jobs, scanners, log-in noise.",
      truth: "benign", accepted: ["benign"], hours: 24, trouble: .none),
    WebScenario(
      name: "web-slow-database", title: "The database slows down",
      summary: "A lock holds the database; requests pile up, time out and are tried again.",
      truth: "overload", accepted: ["overload"],
      trouble: .slowDatabase(left: 0.22, minutes: 45)),
    WebScenario(
      name: "web-bad-version", title: "A new version fails",
      summary: "A deployment to half of the hosts brings a version that fails carts.",
      truth: "overload", accepted: ["overload"],
      trouble: .badVersion(failing: 0.6, minutes: 50)),
    WebScenario(
      name: "web-sick-host", title: "One host fails",
      summary: "A full disk makes one of four API hosts fail most of its requests.",
      truth: "overload", accepted: ["overload"], trouble: .sickHost(failing: 0.8, minutes: 40)),
    WebScenario(
      name: "web-crowd", title: "A flash crowd beyond capacity",
      summary: "Newcomers who behave like others, more than can be served.",
      truth: "overload", accepted: ["overload"], trouble: .crowd(times: 7, minutes: 60)),
    WebScenario(
      name: "web-flood", title: "A flood of expensive requests",
      summary: "A few hundred strangers ask for searches without end.",
      truth: "attack", accepted: ["attack", "mixed"],
      trouble: .flood(times: 12, senders: 300, minutes: 40)),
    WebScenario(
      name: "web-guessing", title: "Log-ins are tried from lists",
      summary: "Sixty addresses try names and passwords by the thousand.",
      truth: "attack", accepted: ["attack"],
      trouble: .guessing(senders: 60, perMinute: 180, minutes: 90)),
    WebScenario(
      name: "web-stuck-queue", title: "Workers stop",
      summary: "Mail workers crash on one job over and over; the queue grows.",
      truth: "overload", accepted: ["overload", "open"], trouble: .stuckQueue(minutes: 90)),
    WebScenario(
      name: "web-changing-clock", title: "A new version fails, and a clock is not to be trusted",
      summary: "As web-bad-version; no request ids, and a clock that drifts or is set.",
      truth: "overload", accepted: ["overload"],
      trouble: .badVersion(failing: 0.6, minutes: 50), hasRequestIDs: false,
      hasChangingClock: true),
  ]

  public static func named(_ name: String) -> WebScenario? { all.first { $0.name == name } }

  /// A flash crowd whose arrivals follow a measured curve.
  ///
  /// - Parameters:
  ///   - rates: requests a minute; the least stands for half of the shop's usual rate.
  ///   - load: how many times that comes: from 2 on the peaks are beyond what the shop can serve.
  public static func crowd(following rates: [Double], load: Double) -> WebScenario {
    WebScenario(
      name: "web-curve", title: "Arrivals that follow a measured curve",
      summary: "Requests a minute of a real site, scaled to the shop's.", truth: "overload",
      accepted: ["overload", "benign"], hours: Double(rates.count) / 60,
      trouble: .curve(rates, load: load))
  }
}
