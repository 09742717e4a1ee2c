import Records
import Testing

@testable import Surveys

@Suite("What words mean")
struct LexiconTests {
  private func kind(_ text: String) -> EventKind {
    let bytes = Array(text.utf8)
    return EventLexicon.classify(name: Span(), text: bytes.span, severity: .unknown).kind
  }

  @Test(
    "words of operators are theirs, not a database's or a program's own",
    arguments: [
      ("public statement: some users may have problems", EventKind.statement),
      ("duration: 523.909 ms  statement: SELECT * FROM carts", .none),
      ("rollback web image registry/web:2.13.4", .deploy),
      ("transaction rolled back after deadlock", .none),
      ("starting leader election for group 7", .failover),
      ("user's selection was saved", .none),
      ("worker crashed with signal 11", .crash),
      ("Crashlytics was initialised", .none),
    ])
  func words(text: String, expected: EventKind) { #expect(kind(text) == expected) }

  @Test("an address is found where a log-in was refused, and only there")
  func addresses() {
    func found(_ text: String) -> String? {
      let bytes = Array(text.utf8)
      return firstAddress(in: bytes.span).map { String(decoding: bytes[$0], as: UTF8.self) }
    }
    #expect(found("unknown[203.0.113.9]: SASL LOGIN authentication failed") == "203.0.113.9")
    #expect(found("auth failed: user=<a>, lip=192.0.2.25, rip=198.51.100.7, TLS") == "198.51.100.7")
    #expect(found("login failed from 2001:db8::17, port 22") == "2001:db8::17")
    #expect(found("login failed from 203.0.113.9:4022.") == "203.0.113.9")
    #expect(found("version 1.2.3 at 10:22:33, build 1.2.3.4000") == nil)
    #expect(found("") == nil)
    func isLogin(_ text: String) -> Bool {
      let bytes = Array(text.utf8)
      return EventLexicon.speaksOfLogin(bytes.span)
    }
    #expect(isLogin("SASL LOGIN authentication failed"))
    #expect(!isLogin("call to 10.0.3.2 failed: 403 forbidden"))
  }
}
