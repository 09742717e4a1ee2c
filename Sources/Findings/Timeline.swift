import Correlation
import Records
import Sketches
import Surveys
import Verdicts

extension Narrator {
  /// What happened, dated and cited, in order.
  func timeline() -> [Findings.TimelineEntry] {
    var entries: [(at: Int64, entry: Findings.TimelineEntry)] = []
    func add(
      _ at: Int64, _ kind: String, _ text: Prose, error: Double? = nil, _ cited: [Exemplar] = []
    ) {
      entries.append(
        (
          at,
          Findings.TimelineEntry(
            time: Timestamp(seconds: at).rfc3339, kind: kind, statement: text, uncertainty: error,
            citations: cite(cited.prefix(3)))
        ))
    }
    let a = analysis
    for phase in a.phases where phase.name != .baseline {
      add(
        phase.from.at, "phase", "Phase \(phase.name.rawValue) begins: \(log: phase.mark).",
        error: phase.from.error)
    }
    for (i, incident) in a.incidents.prefix(8).enumerated() {
      for run in incident.runs.prefix(i == 0 ? 14 : 4) {
        let level: Prose =
          run.signal.isMean
          ? "from \(Clause.number(run.usual)) to \(Clause.number(run.mean))\(run.signal.kind == .latency ? " ms" : "") on average"
          : "\(Clause.number(run.excess)) beyond the usual by \(clock(run.end))"
        add(
          run.onset.at, "onset",
          "\(log: describe(run)) \(run.direction == .up ? "rises" : "falls"): \(level).",
          error: run.onset.error, run.citations)
      }
      if !incident.isOpenEnded {
        add(incident.end, "end", "Signals of this incident are back at their usual level.")
      }
    }
    // How many asked and how much was sent is no harm, and says what kind of harm it is.
    let told = a.runs.filter {
      ($0.signal.kind == .actors || $0.signal.kind == .bytes)
        && $0.ratio >= TimelineDefault.notableRatio && a.main != nil
        && $0.onset.at >= a.onset - TimelineDefault.around
        && $0.onset.at <= a.end + TimelineDefault.around
    }
    for run in told.prefix(TimelineDefault.mostTold) {
      add(
        run.onset.at, "load",
        "Load: \(log: describe(run)) at \(Clause.factor(run.ratio)) the usual, until \(clock(run.end)).",
        error: run.onset.error)
    }
    for loss in a.losses {
      for wave in loss.waves where wave.count >= 3 {
        add(
          wave.first, "nodes",
          "First \(loss.role.rawValue) lost by \(wave.reason.rawValue); \(wave.count) of \(loss.before) follow, half of them by \(clock(wave.median)), the last at \(clock(wave.last)).",
          wave.citations)
      }
    }
    for load in a.loads where load.ratio >= 2 {
      add(
        load.peakAt, "load",
        "Load on each \(load.role.rawValue) is at its peak: \(Clause.factor(load.ratio)) the usual."
      )
    }
    for wave in a.joinWaves.prefix(4) {
      add(
        wave.from, "nodes",
        "\(wave.count) new \(wave.role.rawValue) nodes join within \(Clause.duration(Double(wave.to - wave.from)))\(wave.isAnnounced ? ", after a redeployment by the operators" : "").",
        wave.citations)
    }
    // A host's first boot is where its journal begins; each further one is a restart of the machine.
    for (host, boots) in survey.bootsByHost {
      for later in boots.dropFirst().prefix(20) {
        add(later.first.time.seconds, "host", "\(log: host) boots anew.", [later.first])
      }
    }
    for surge in a.surges {
      add(
        surge.onset.at, "load",
        "\(log: surge.service) is asked for more than the hours around hold: up to \(Clause.factor(surge.ratio)) at \(clock(surge.peakAt)), \(Clause.number(surge.asked)) requests where \(Clause.number(surge.usual)) would be usual\(surge.isOpenEnded ? ", to the end of the logs" : ", until \(clock(surge.end))").",
        [])
    }
    for guesser in a.strongGuessers.prefix(6) {
      add(
        guesser.burstStart, "access",
        "\(log: guesser.name) begins to guess: \(guesser.burst) refusals within \(Clause.duration(Double(guesser.burstEnd - guesser.burstStart))).",
        [guesser.first])
      if let at = guesser.succeeded {
        add(at.time.seconds, "access", "\(log: guesser.name) is let in.", [at])
      }
    }
    let loud = a.steps.filter {
      a.main == nil || ($0.from >= a.onset - 86400 && $0.from <= a.end + 3600)
    }
    for step in loud.prefix(40) {
      let what: Prose =
        step.count > 1
        ? "\(step.kind.name), \(step.count) records until \(short(step.to)): \(log: step.text)"
        : "\(step.kind.name): \(log: step.text)"
      add(step.from, step.kind == .statement ? "statement" : "step", what, step.citations)
    }
    if let served = a.served, served.lowestShare < 0.8 {
      add(
        served.lowestAt, "low point",
        "\(log: served.name) is at its lowest: \(Clause.number(served.lowest)), \(Clause.percent(served.lowestShare)) of what was expected.",
        error: Double(a.frame.width))
      for milestone in served.reached {
        add(
          milestone.at, "recovery",
          "\(Clause.percent(milestone.share)) of the expected level is held again.",
          error: Double(a.frame.width))
      }
    }
    return entries.enumerated().sorted {
      $0.element.at == $1.element.at
        ? $0.offset < $1.offset : $0.element.at < $1.element.at
    }.map(\.element.entry)
  }
}

enum TimelineDefault {
  /// Times the usual from which on a change that is no harm is told, and how long about an incident,
  /// seconds.
  static let notableRatio = 2.0
  static let around: Int64 = 3600
  static let mostTold = 6
}
