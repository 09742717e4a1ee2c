public import Correlation
import Records
import Surveys

extension PopulationShift {
  /// What tells newcomers from people, where they persist without being served and leave out what
  /// those who were there before do; `nil` where they do not.
  ///
  /// Parts of pages count per request that was served: a page that fails has none.
  public var machineSigns: String? {
    let d = PopulationDefault.self
    guard newcomers.failuresEach >= d.persistence, newCount >= 20 else { return nil }
    var signs: [String] = []
    if residents.partsPerSuccess >= d.mannerLeast,
      newcomers.partsPerSuccess < d.mannerShare * residents.partsPerSuccess
    {
      signs.append(
        "for each request served they fetch \(Clause.number(newcomers.partsPerSuccess)) parts of pages, where the others fetch \(Clause.number(residents.partsPerSuccess))"
      )
    }
    if residents.referrerShare >= d.mannerLeast,
      newcomers.referrerShare < d.mannerShare * residents.referrerShare
    {
      signs.append(
        "\(Clause.percent(newcomers.referrerShare)) of their requests name a page that they come from, where \(Clause.percent(residents.referrerShare)) of the others' do"
      )
    }
    return signs.isEmpty ? nil : signs.joined(separator: ", and ")
  }
}

extension Argument {
  /// Whether a way of attack is on record that needs no new requesters: hostile nodes, or packets that
  /// crash. Then known requesters are its victims and speak against nothing.
  var hasSpecificAttack: Bool {
    evidence.contains {
      ($0.feature == "join-wave" || $0.feature == "crash-after-stranger") && $0.direction == .for
    }
  }

  /// Whether strangers who are not served are on record.
  var hasStrangers: Bool {
    evidence.contains { $0.feature == "strangers-without-success" && $0.direction == .for }
  }

  /// Whether those who asked are known from before.
  var hasKnownRequesters: Bool {
    evidence.contains { $0.feature == "known-requesters" && $0.direction == .against }
  }

  // MARK: - Who asked

  mutating func weighPopulations() {
    guard analysis.main != nil else { return }
    guard let shift = analysis.requesters else {
      cannotKnow(
        "requesters", .population, .floodAttack,
        "Who asked for service is not in these logs (no client identities or addresses), so known users cannot be told from new ones."
      )
      return
    }
    let who =
      shift.kind == .node ? "client identities" : shift.kind == .address ? "addresses" : "accounts"
    guard shift.hasBaseline, shift.before >= PopulationDefault.leastActors else {
      cannotKnow(
        "requesters", .population, .floodAttack,
        "The logs begin too late before the onset to know which \(who) are old acquaintances.")
      return
    }
    if analysis.isSilenceAlone {
      cannotKnow(
        "requesters", .population, .floodAttack,
        "Services fell silent and nothing failed: what did not arrive wrote no record. A line that was cut and a flood that kept others out before they reached the service look the same here."
      )
      return
    }
    if shift.isByHeavyStrangers {
      add(
        "strangers-without-success", .population, .floodAttack, .for,
        Weights(attack: 1, overload: -1, mixed: 0.9, benign: -0.6),
        "\(Clause.number(shift.heavyStrangers)) \(who) never seen before the onset make \(Clause.percent(shift.heavyRecordShare)) of all requests of the incident, \(Clause.number(shift.heavyRecordsEach)) each where the others make \(Clause.number(shift.otherRecordsEach)), and nearly none of theirs succeeds. People give up; these do not."
      )
      if shift.rateRatio > 1.5 || shift.heavyRecordShare >= 0.5 {
        add(
          "strangers-carry-the-volume", .behaviour, .floodAttack, .for,
          Weights(attack: 0.6, overload: -0.5, mixed: 0.6),
          "They go on at the same pace while they are refused or time out, and without them the requests of the incident would be \(Clause.factor(shift.volumeRatio * (1 - shift.heavyRecordShare))) the usual."
        )
      }
      return
    }
    // One or a few that ask without end: an attacker, or a program that came loose. Who it is does not
    // show in what it does.
    if shift.heavyStrangers >= 1, shift.heavyRecordShare >= PopulationDefault.overwhelming {
      add(
        "lone-stranger", .behaviour, .floodAttack, .for,
        Weights(attack: 0.5, overload: -0.2, mixed: 0.4),
        "\(shift.heavyStrangers == 1 ? "One of the \(who)" : "\(Clause.number(shift.heavyStrangers)) of the \(who)"), never seen before the onset, make\(shift.heavyStrangers == 1 ? "s" : "") \(Clause.percent(shift.heavyRecordShare)) of all requests of the incident and \(shift.heavyStrangers == 1 ? "is" : "are") hardly ever served. A program of a partner that came loose would look the same."
      )
    }
    let known = shift.knownBadShare > 0 ? shift.knownBadShare : shift.knownRecordShare
    let failing = shift.hopelessShare
    let surge = shift.volumeRatio >= 1.5
    let strangers = known < 0.7 && failing > 0.6 && shift.newCount >= 20
    if !strangers, known >= 0.75 || (known >= PopulationDefault.knownAbove && failing < 0.5) {
      add(
        "known-requesters", .population, .floodAttack, .against,
        hasSpecificAttack
          ? Weights()
          : Weights(
            attack: known >= 0.75 ? -0.7 : -0.4, overload: known >= 0.75 ? 0.5 : 0.3, mixed: -0.1),
        "Known, not new: \(Clause.percent(known)) of the \(shift.knownBadShare > 0 ? "failed requests" : "requests") of the incident come from \(who) seen before it (\(Clause.number(shift.known)) of \(Clause.number(shift.during)) were). A flood would bring strangers."
      )
    } else if strangers || known < PopulationDefault.newBelow {
      if failing > PopulationDefault.hopeless, shift.newCount >= 20 {
        add(
          "strangers-without-success", .population, .floodAttack, .for,
          Weights(attack: 0.9, overload: -0.7, mixed: 0.7, benign: -0.4),
          "New, not known: only \(Clause.percent(known)) of the failed requests come from \(who) seen before; \(Clause.number(shift.newWithoutSuccess)) of \(Clause.number(shift.newCount)) new \(who) never succeeded in anything. Honest newcomers succeed now and then."
        )
      } else if surge, let signs = shift.machineSigns {
        add(
          "strangers-without-success", .population, .floodAttack, .for,
          Weights(attack: 0.8, overload: -0.7, mixed: 0.7, benign: -0.5),
          "New, not known: only \(Clause.percent(known)) of the requests of the incident come from \(who) seen before, and the newcomers do not behave as those do: \(signs)."
        )
        add(
          "strangers-persist", .behaviour, .floodAttack, .for,
          Weights(attack: 0.5, overload: -0.4, mixed: 0.5),
          "They go on when they are not served: \(Clause.number(shift.newcomers.failuresEach)) failures each in the median. People give up long before."
        )
      } else if surge, shift.newCount >= PopulationDefault.crowdShare * shift.during {
        add(
          "flash-crowd", .population, .flashCrowd, .for,
          shift.topNewNetworkShare < 0.1 && failing < 0.3
            ? Weights(attack: -0.4, overload: 0.6, mixed: -0.1)
            : Weights(attack: -0.1, overload: 0.4, mixed: 0),
          "The crowd is new (\(Clause.percent(known)) of the requests are from \(who) seen before) but behaves: \(Clause.percent(1 - failing)) of the newcomers succeed\(shift.topNewNetworkShare < 0.1 ? ", and they come from \(shift.newNetworks) networks" : "")."
        )
      }
    } else {
      add(
        "mixed-requesters", .population, .floodAttack, .against, Weights(),
        "\(Clause.percent(known)) of the incident's requests come from \(who) seen before: between what a crowd and what a flood would show, so it carries no weight."
      )
    }
    if shift.newCount >= 12, shift.topNewNetworkShare >= 0.3,
      shift.topNewNetworkShare >= 3 * shift.topNewNetworkShareBefore
    {
      add(
        "new-network", .population, .floodAttack, .for,
        Weights(attack: 0.5, overload: -0.3, mixed: 0.4),
        "\(Clause.percent(shift.topNewNetworkShare)) of the new \(who) come from one network, \(log: shift.topNewNetwork), which held \(Clause.percent(shift.topNewNetworkShareBefore)) before."
      )
    }
    if shift.newCount >= 20, known < PopulationDefault.knownAbove,
      shift.newInKnownClusters >= PopulationDefault.renumbered
    {
      add(
        "known-blocks", .population, .floodAttack, .against,
        hasStrangers ? Weights() : Weights(attack: -0.15, overload: 0.1),
        "\(Clause.percent(shift.newInKnownClusters)) of the new addresses lie in blocks (/24, of version 6 /48) that were seen before: some are old customers under new addresses."
      )
    }
    // The operator tells where networks are many: a hoster's blocks lie apart.
    if shift.newCount >= 12, let origin = shift.origins.first(where: { !$0.isCountry && $0.stands })
    {
      let isCounted = evidence.contains { $0.feature == "new-network" }
      add(
        "new-operator", .population, .floodAttack, .for,
        isCounted ? Weights() : Weights(attack: 0.4, overload: -0.25, mixed: 0.3),
        "\(Clause.percent(origin.share)) of the new \(who) belong to one operator, \(log: origin.name), which held \(Clause.percent(origin.shareBefore)) before; they make \(Clause.percent(origin.recordShare)) of the newcomers' requests."
      )
    }
    // P4: which term carries the volume.
    if surge {
      let more = shift.actorRatio > shift.rateRatio
      // Asking more is no one's own retrying where newcomers do it.
      let same = !more && shift.knownRecordShare >= PopulationDefault.knownAbove
      add(
        "volume-decomposition", .population, .ownOverload, .for,
        same ? Weights(attack: -0.1, overload: 0.2, mixed: 0.1) : Weights(),
        "Requests an hour rose \(Clause.factor(shift.volumeRatio)): \(Clause.factor(shift.actorRatio)) by the number of \(who) active at a time and \(Clause.factor(shift.rateRatio)) by what each asked. \(more ? "More requesters explain most of it." : same ? "The same requesters trying harder explain most of it." : "Newcomers who ask far more than others explain most of it.")"
      )
    } else {
      add(
        "no-surge", .population, .floodAttack, .against,
        hasSpecificAttack ? Weights() : Weights(attack: -0.3, overload: 0.2, mixed: -0.1),
        "The requesters seen here did not ask for more than before (\(Clause.factor(shift.volumeRatio)) an hour): these logs show no surge that a flood would need."
      )
    }
  }

  // MARK: - Nodes

  mutating func weighNodes() {
    let waves = analysis.joinWaves
    let near = waves.filter {
      analysis.main != nil && $0.from < analysis.onset + 1800 && $0.to > analysis.onset - 12 * 3600
    }
    if let wave = near.first(where: { $0.isConcentrated && !$0.isAnnounced }) {
      add(
        "join-wave", .population, .sybilAttack, .for,
        Weights(attack: 1, overload: -0.8, mixed: 0.1, benign: -0.4),
        "\(wave.count) \(wave.role.rawValue) nodes never seen before joined between \(Timestamp(seconds: wave.from).clock) and \(Timestamp(seconds: wave.to).clock), where \(Clause.number(wave.expected)) an hour are usual. \(Clause.percent(wave.networkShare)) of them are in \(log: wave.network) (\(Clause.percent(wave.networkShareBefore)) before), \(Clause.percent(wave.identityShare)) have identities that begin with \(log: wave.identityPrefix), \(Clause.percent(wave.versionShare)) run \(log: wave.version). No redeployment of the operators accounts for it.",
        wave.citations)
      if wave.from <= analysis.onset + 3600 {
        add(
          "join-wave-before-harm", .timing, .sybilAttack, .for,
          Weights(attack: 0.7, overload: -0.5, mixed: 0.1),
          "The wave began \(wave.from <= analysis.onset ? "\(Clause.duration(Double(analysis.onset - wave.from))) before" : "\(Clause.duration(Double(wave.from - analysis.onset))) after") the first harm.",
          wave.citations)
      }
    } else if analysis.losses.contains(where: { $0.role == .supernode }) {
      add(
        "join-wave", .population, .sybilAttack, .absent,
        Weights(attack: -0.2, overload: 0.1),
        "No wave of new nodes with common network, identity prefix or version joined before or during the incident\(near.contains(where: \.isAnnounced) ? ", beyond those that the operators redeployed" : ""). Placement that avoids such patterns is published, so this is weak evidence of innocence."
      )
    }
    guard let loss = analysis.losses.max(by: { $0.exits.count < $1.exits.count }),
      loss.exits.count >= 5
    else { return }
    let crash = loss.share(.crash)
    let protect = loss.share(.selfProtection)
    let waveOf = { (reason: ExitReason) in loss.waves.first { $0.reason == reason } }
    if let first = waveOf(.crash), let second = waveOf(.selfProtection), first.count >= 3,
      second.count >= 3
    {
      let ordered = first.median <= second.median
      let benign = crash + protect >= NodeDefault.graveLoss ? -0.8 : 0
      add(
        "two-waves", .mechanics, .ownOverload, .for,
        ordered
          ? Weights(attack: -0.2, overload: 0.5, mixed: 0.4, benign: benign)
          : Weights(overload: 0.1, benign: benign),
        "The \(loss.role.rawValue) nodes left in two waves: \(first.count) of \(loss.before) (\(Clause.percent(crash))) crashed, half of them by \(Timestamp(seconds: first.median).clock); \(second.count) (\(Clause.percent(protect))) then shut themselves down because their limits were exceeded, half of them by \(Timestamp(seconds: second.median).clock). Mixing the two would hide that the second is a consequence.",
        first.citations + second.citations)
      if let table = loss.protectionByVersion, let top = table.rows.first {
        let bound = top.relativeLow > HazardDefault.notableRisk
        add(
          "protection-by-version", .mechanics, .ownOverload, bound ? .against : .for,
          bound ? Weights() : Weights(overload: 0.15, mixed: 0.1),
          bound
            ? "Self-protective exits are bound to version \(log: top.value) as well."
            : "Self-protective exits are not bound to a version (highest relative risk at least \(Clause.number(top.relativeLow))): load, not a bug, drove the second wave."
        )
      }
    } else if let second = waveOf(.selfProtection), second.count >= 3 {
      add(
        "self-protection", .mechanics, .ownOverload, .for,
        Weights(attack: 0, overload: 0.25, mixed: 0.2),
        "\(second.count) of \(loss.before) \(loss.role.rawValue) nodes shut themselves down because their limits were exceeded; no wave of crashes came first.",
        second.citations)
    }
    if let lost = waveOf(.lost), Double(lost.count) > 0.3 * Double(loss.before) {
      cannotKnow(
        "exit-reasons", .mechanics, .ownOverload,
        "\(lost.count) of \(loss.before) \(loss.role.rawValue) nodes fell silent without giving a reason; whether they crashed, protected themselves or were cut off is not in these logs."
      )
    }
  }

  // MARK: - Load

  mutating func weighLoad() {
    guard analysis.main != nil else { return }
    if let load = analysis.loads.max(by: { $0.amplification < $1.amplification }) {
      let a = load.amplification
      if a >= LoadDefault.notable {
        let strong = a >= LoadDefault.strong
        add(
          "amplification", .mechanics, hasKnownRequesters ? .ownOverload : .floodAttack, .for,
          hasKnownRequesters
            ? Weights(attack: -0.3, overload: strong ? 0.6 : 0.35, mixed: 0.4)
            : hasStrangers
              ? Weights(attack: 0.5, overload: -0.3, mixed: 0.5) : Weights(overload: 0.05),
          "Load on each surviving \(load.role.rawValue) rose \(Clause.factor(load.ratio)) by \(Timestamp(seconds: load.peakAt).clock). Losing \(Clause.percent(load.lostShare)) of the nodes explains \(Clause.factor(load.redistribution)); the rest, an amplification of \(Clause.factor(a)), is work that was created anew. \(hasKnownRequesters ? "It came from known identities." : hasStrangers ? "It came from strangers." : "Whose work it was, these logs do not say.")"
        )
      } else if load.lostShare > 0.15 {
        add(
          "redistribution", .mechanics, .componentFault, .for,
          Weights(attack: -0.1, overload: 0.2),
          "Load on each surviving \(load.role.rawValue) rose \(Clause.factor(load.ratio)); losing \(Clause.percent(load.lostShare)) of the nodes explains \(Clause.factor(load.redistribution)). Hardly any work was created anew."
        )
      }
    }
    if let retry = analysis.retry {
      let fixed = retry.hasTimer
      add(
        "retry-spacing", .behaviour, .ownOverload, .for,
        fixed ? Weights(overload: 0.2, mixed: 0.15) : Weights(),
        "After a failure actors try again after \(Clause.number(retry.medianGap)) s (median of \(retry.gaps) gaps of \(retry.actors) actors); \(Clause.percent(retry.modalShare)) of the gaps lie within half a second of \(Clause.number(retry.modalGap)) s and successive gaps grow by \(Clause.factor(retry.backoffRatio)). \(fixed ? "A fixed timer without back-off: a machine at work, hostile or one's own." : "No fixed timer stands out.")"
      )
    }
  }
}
