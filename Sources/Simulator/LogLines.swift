import Foundation

extension Engine {
  var stampMilliseconds: Int64 { Int64((now * 1000).rounded()) }

  /// RFC 3339 with milliseconds.
  func stamp() -> String { Stamp.rfc3339(scenario.start * 1000 + stampMilliseconds) }

  func syslogStamp() -> String { Stamp.syslog(scenario.start + Int64(now)) }

  func clfStamp() -> String { Stamp.clf(scenario.start + Int64(now)) }

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
