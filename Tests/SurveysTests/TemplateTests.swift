import Surveys
import Testing

@Suite("Templates")
struct TemplateTests {
  private func shown(_ text: String) -> String {
    var index = TemplateIndex()
    let bytes = Array(text.utf8)
    let number = index.number(of: bytes.span)
    return index.names[Int(number)].replacing(TemplateJoin.wild, with: "<*>")
  }

  @Test(
    "numbers, addresses, identifiers and quotations are masked; what is written as a star is not",
    arguments: [
      (
        "PacketResponder 1 for block blk_-38865049 terminating",
        "PacketResponder <*> for block <*> terminating"
      ),
      (
        "Received block blk_35 of size 67108864 from /10.250.14.224",
        "Received block <*> of size <*> from /<*>"
      ),
      ("BLOCK* ask 10.0.0.1:50010 to delete blk_7", "BLOCK* ask <*> to delete <*>"),
      ("offset -17 at 0x7f3a9c2e77b0", "offset <*> at <*>"),
      ("user \"bob\" said hello", "user \"<*>\" said hello"),
      (
        "Accepted password from 10.0.0.1 port 53211 ssh2",
        "Accepted password from <*> port <*> ssh2"
      ),
      ("GC took 12ms, 5% of 300MB", "GC took <*>ms, <*>% of <*>MB"),
      ("connection at Sun Jun 19 09:05:52 2005", "connection at <*>"),
      ("opening /var/log/app for size:12", "opening <*> for size:<*>"),
      ("[client 10.0.0.1] \"GET /a HTTP/1.1\" 200", "[client <*>] \"GET <*>\" <*>"),
      ("instance 5fe1-af2c-11e0 is up", "instance <*> is up"),
      ("plain words only", "plain words only"),
      ("10.0.0.1,10.0.0.2 asked", "<*>,<*> asked"),
      ("ids 1,2,3,4 and 5,6,7 gone", "ids <*> and <*> gone"),
      ("ids 1, 2, 3 gone", "ids <*> gone"),
      (
        "lookup of ns.example.com, mail.example.de and bob@example.org/IN failed",
        "lookup of <*> and <*> failed"
      ),
      (
        "main.py calls java.net.Socket in org.apache.hadoop of web.server",
        "main.py calls java.net.Socket in org.apache.hadoop of web.server"
      ),
    ])
  func masks(text: String, expected: String) { #expect(shown(text) == expected) }

  @Test("as many kinds as lines are joined in a time that is linear in them")
  func many() {
    // Tens of thousands of words in one place: minutes where each looked at all others.
    let words = (0..<30_000).map { number in
      String((0..<6).map { Character(UnicodeScalar(UInt8(97 + (number >> ($0 * 3)) % 8))) })
    }
    let start = ContinuousClock.now
    let join = TemplateJoin(words.map { "nobody \($0) asked again today" })
    #expect(
      Set(join.joined.values) == ["nobody \(TemplateJoin.wild) asked again today"])
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test("a word that varies freely becomes variable, in any order; one of two does not")
  func joining() {
    let users = ["alice", "bob", "carol", "dave", "erin", "frank"]
    let templates =
      users.map { "session of user \($0) ended" }
      + ["door was opened by hand", "door was closed by hand", "session of nobody"]
    let expected = "session of user \(TemplateJoin.wild) ended"
    for order in [templates, templates.reversed(), templates.sorted()] {
      let join = TemplateJoin(order)
      for user in users { #expect(join.joined["session of user \(user) ended"] == expected) }
      #expect(join.joined["door was opened by hand"] == "door was opened by hand")
      #expect(join.joined["session of nobody"] == "session of nobody")
    }
  }

  @Test("how many words make a place variable depends on what they are")
  func kinds() {
    func count(_ templates: [String]) -> Int { Set(TemplateJoin(templates).joined.values).count }
    #expect(count(["auth failed user=root now", "auth failed user=test now"]) == 1)
    #expect(count(["task moved from RUNNING to done", "task moved from QUEUED to done"]) == 1)
    #expect(
      count(["session opened for user root by system", "session opened for user news by system"])
        == 1)
    #expect(count(["cupsd startup succeeded", "cupsd shutdown succeeded"]) == 2)
    #expect(count(["asked with GET and answered", "asked with POST and answered"]) == 2)
    #expect(count(["flag a=1 set to true at start", "flag a=1 set to false at start"]) == 1)
  }

  @Test("a word with a digit is a name until another stands in its place")
  func names() {
    var index = TemplateIndex()
    for text in ["up on eth0 via ssh2", "up on eth1 via ssh2"] {
      _ = index.number(of: Array(text.utf8).span)
    }
    #expect(
      index.names.map { $0.replacing(TemplateJoin.wild, with: "<*>") } == ["up on <*> via ssh2"])
  }

  @Test("two places may vary, and the first word never does")
  func places() {
    let names = ["ant", "bee", "cat", "dog", "eel", "fox"]
    let both = names.flatMap { a in names.map { "copied from \(a) to \($0)" } }
    let join = TemplateJoin(both)
    #expect(Set(join.joined.values).count == 1)
    let verbs = TemplateJoin(names.map { "\($0) runs home" })
    #expect(Set(verbs.joined.values).count == names.count)
  }
}
