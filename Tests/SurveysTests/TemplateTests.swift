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
      ("user \"bob\" said hello", "user <*> said hello"),
      ("plain words only", "plain words only"),
    ])
  func masks(text: String, expected: String) { #expect(shown(text) == expected) }

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
