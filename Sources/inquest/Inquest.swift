import InquestCLI

@main
enum Inquest {
  static func main() { runInquest() }
}
