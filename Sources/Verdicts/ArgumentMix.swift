import Correlation
import Statistics
import Surveys

extension Argument {
  private func mix(_ aspect: MixAspect) -> MixShift? {
    analysis.mixes.first { $0.aspect == aspect }
  }

  // MARK: - What requests are made up of

  mutating func weighMix() {
    guard analysis.main != nil, !analysis.isSilenceAlone else { return }
    weighRhythm()
    // Programs and operations are those of web requests, which addresses make.
    guard analysis.requesters?.kind == .address else { return }
    if let agents = mix(.agent), agents.isNotable, let first = agents.moved.first,
      first.share - first.shareBefore >= ArgumentMixDefault.leastGain
    {
      add(
        "program-shift", .behaviour, .floodAttack, .for,
        hasStrangers ? Weights(attack: 0.3, overload: -0.2, mixed: 0.3) : Weights(),
        "One client program, \(log: String(first.name.prefix(80))), makes \(Clause.percent(first.share)) of the incident's requests and made \(first.isNew ? "none" : Clause.percent(first.shareBefore)) before; parts of the time before differ by \(usual(agents)) at the most, the incident by \(Clause.percent(agents.divergence)). \(hasStrangers ? "It came with the strangers." : "Names of programs are easily borrowed, and one's own broken client shows the same, so it carries no weight by itself.")"
      )
    }
    if let operations = mix(.operation), operations.isNotable, let first = operations.moved.first,
      first.share - first.shareBefore >= ArgumentMixDefault.leastGain
    {
      add(
        "request-shift", .behaviour, .floodAttack, .for,
        hasStrangers ? Weights(attack: 0.2, overload: -0.1, mixed: 0.2) : Weights(),
        "What is asked for changed: \(log: first.name) takes \(Clause.percent(first.share)) of the requests, \(first.isNew ? "none" : Clause.percent(first.shareBefore)) before (change \(Clause.percent(operations.divergence)), usual \(usual(operations)) at the most). \(hasStrangers ? "A crowd has a topic, too; strangers who are not served and ask for one thing have a target." : "A crowd has a topic, and a page that everyone reloads looks alike.")"
      )
    }
    let steady = [mix(.agent), mix(.operation)].compactMap { $0 }
    if hasKnownRequesters, !steady.isEmpty,
      steady.allSatisfy({ $0.usualDivergence != nil && !$0.isNotable }),
      steady.allSatisfy({ $0.members >= MixDefault.leastMembers })
    {
      add(
        "same-mixture", .behaviour, .floodAttack, .against,
        hasSpecificAttack ? Weights() : Weights(attack: -0.1, overload: 0.1),
        "\(steady.count == 2 ? "With what and for what they ask" : mix(.agent) == nil ? "What they ask for" : "With what they ask") is as before: the mixture of \(steady.map { $0.aspect == .agent ? "client programs" : "operations" }.joined(separator: " and ")) changed by \(steady.map { Clause.percent($0.divergence) }.joined(separator: " and ")), parts of the time before by up to \(steady.map(usual).joined(separator: " and "))."
      )
    }
  }

  private func usual(_ mix: MixShift) -> String {
    mix.usualDivergence.map(Clause.percent) ?? "an unknown share"
  }

  private mutating func weighRhythm() {
    guard let rhythms = analysis.rhythms, let new = rhythms.new,
      new.sources >= RhythmDefault.leastSources, hasStrangers
    else { return }
    guard new.isSteady || new.isInStep else { return }
    let before = rhythms.before.map {
      ", where those of before had \(Clause.number($0.gapVariation)) and \(Clause.percent($0.likeness))"
    }
    add(
      "like-machines", .behaviour, .floodAttack, .for,
      Weights(attack: 0.25, overload: -0.2, mixed: 0.25),
      "The newcomers keep time like machines: the gaps of one vary by \(Clause.number(new.gapVariation)) of their mean (a timer has 0, chance 1), and over time two of them are alike to \(Clause.percent(new.likeness)) in the median, \(Clause.percent(new.likenessByChance)) where they are not in step\(before ?? "") (\(new.sources) traced sources)."
    )
  }
}

public enum ArgumentMixDefault {
  /// Share of all requests that one program or operation must gain to be named.
  public static let leastGain = 0.3
}
