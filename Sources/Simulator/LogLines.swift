import Foundation

extension Engine {
  var stampMilliseconds: Int64 { Int64((now * 1000).rounded()) }

  /// RFC 3339 with milliseconds.
  func stamp() -> String {
    let total = scenario.start * 1000 + stampMilliseconds
    let seconds = total / 1000
    let (date, clock) = civil(seconds)
    return "\(date)T\(clock).\(pad(total % 1000, 3))Z"
  }

  private func pad(_ n: Int64, _ width: Int) -> String {
    let text = String(n)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private func civil(_ seconds: Int64) -> (String, String) {
    let days = seconds / 86400
    let z = days + 719_468
    let era = z / 146_097
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    let day = doy - (153 * mp + 2) / 5 + 1
    let month = mp < 10 ? mp + 3 : mp - 9
    let year = yoe + era * 400 + (month <= 2 ? 1 : 0)
    let rest = seconds % 86400
    return (
      "\(year)-\(pad(month, 2))-\(pad(day, 2))",
      "\(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):\(pad(rest % 60, 2))"
    )
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  func syslogStamp() -> String {
    let (date, clock) = civil(scenario.start + Int64(now))
    let parts = date.split(separator: "-").compactMap { Int($0) }
    let day = parts[2] < 10 ? " \(parts[2])" : "\(parts[2])"
    return "\(Engine.months[parts[1] - 1]) \(day) \(clock)"
  }

  func clfStamp() -> String {
    let (date, clock) = civil(scenario.start + Int64(now))
    let parts = date.split(separator: "-").compactMap { Int($0) }
    return "\(pad(Int64(parts[2]), 2))/\(Engine.months[parts[1] - 1])/\(parts[0]):\(clock) +0000"
  }

  /// A line of a client's telemetry, kept by the collector of its region.
  func logClient(_ i: Int, _ event: String, _ detail: String, panelOnly: Bool) {
    let client = clients[i]
    guard client.isPanel || !panelOnly else { return }
    logs.write(
      "telemetry-\(client.region)/client.log", at: stampMilliseconds,
      "ts=\(stamp()) node=\(client.id) ver=\(client.version) os=\(client.platform) seg=\(client.segment) region=\(client.region) event=\(event)\(detail.isEmpty ? "" : " " + detail)"
    )
  }

  func logNode(_ s: Int, _ event: String, _ detail: String) {
    let node = supernodes[s]
    // Large networks: a sample of the supernodes uploads its log.
    guard scale == .small || s % (scale == .medium ? 2 : 10) == 0 else { return }
    logs.write(
      "sn-\(node.id)/supernode.log", at: stampMilliseconds,
      "ts=\(stamp()) node=\(node.id) ver=\(node.version) class=\(node.isDedicated ? "dedicated" : "user") addr=\(node.address) event=\(event) \(detail)"
    )
  }

  /// One in so many requests to a cluster is logged by the host that served it.
  func logServer(
    _ cluster: inout Cluster, _ i: Int, _ status: String, _ wait: Double, share: Double
  ) {
    guard chance.happens(share * 1500 / Double(max(1500, clients.count))) else { return }
    let host = cluster.hosts[chance.below(cluster.hosts.count)]
    logs.write(
      "\(host)/\(cluster.name).log", at: stampMilliseconds,
      "{\"time\":\"\(stamp())\",\"host\":\"\(host)\",\"service\":\"\(cluster.name)\",\"event\":\"request\",\"node\":\"\(clients[i].id)\",\"status\":\"\(status)\",\"latency_ms\":\(ms(wait)),\"queue\":\(Int(cluster.backlog))}"
    )
  }

  /// Log-ins of the sampled identities are all logged, so that their histories are whole.
  func logAuth(_ i: Int, _ status: String, _ wait: Double, _ more: String) {
    guard clients[i].isSampled else { return }
    let host = auth.hosts[i % auth.hosts.count]
    logs.write(
      "\(host)/auth.log", at: stampMilliseconds,
      "{\"time\":\"\(stamp())\",\"host\":\"\(host)\",\"service\":\"auth\",\"event\":\"login\",\"node\":\"\(clients[i].id)\",\"addr\":\"\(clients[i].address)\",\"status\":\"\(status)\",\"latency_ms\":\(ms(wait))\(more)}"
    )
  }
}
