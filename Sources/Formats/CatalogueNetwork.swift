import Records

/// Mail, names, telephony, tunnels, file transfer, security tools and peer-to-peer programs.
///
/// Sources: the manuals of Exim, BIND, Unbound, Asterisk, OpenVPN, vsftpd, ProFTPD, Zeek, Suricata,
/// Snort, ArcSight CEF, QRadar LEEF, Cowrie, n2n, geth, Bitcoin Core, libp2p's go-log.
let networkCatalogue: [LogFormat] = [
  LogFormat(
    "exim", "Exim main log", "exim, mail", role: .server, service: "exim", rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?) (?:\[\d+\] )?(?<msg>(?:\w{6}-\w{6,11}-\w{2,4} (?<event><=|=>|->|\*\*|==|>>|Completed|SA)|.*?\b(?:SMTP|authenticator|rejected|H=|no host name|TLS error|Start queue|End queue|daemon started|login authenticator).*?)(?:.*?\[(?<ip>[0-9a-fA-F.:]+)\])?.*)$"#,
    accepts: [
      "2021-03-03 19:26:38 1lHVsk-0004Xh-2L <= a@b.example H=mail.b.example [203.0.113.7] P=esmtps S=1234",
      "2021-03-03 19:26:38 dovecot_login authenticator failed for (User) [203.0.113.7]: 535 Incorrect authentication data",
    ]),
  LogFormat(
    "bind", "BIND: queries, security, errors", "bind, named, dns", role: .server, service: "named",
    rank: 8,
    pattern:
      #"^(?<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d+) (?:(?<service>[a-z-]+): )?(?:(?<level>\w+): )?(?<msg>(?:client (?:@0x[0-9a-f]+ )?(?<ip>[0-9a-fA-F.:]+)#\d+(?: \([^)]*\))?: )?(?:view \S+ )?(?:(?<operation>query): (?<path>\S+) IN \S+)?.*)$"#,
    accepts: [
      "03-Mar-2021 19:26:38.616 queries: info: client @0x7f 203.0.113.7#51234 (a.example): query: a.example IN A + (192.0.2.1)",
      "03-Mar-2021 19:26:38.616 security: info: client 203.0.113.7#51234: query (cache) 'x/A/IN' denied",
    ]),
  LogFormat(
    "unbound", "Unbound", "unbound, dns", role: .server, service: "unbound",
    pattern:
      #"^\[(?<time>\d{9,10})\] unbound\[\d+:\d+\] (?<level>\w+): (?<msg>(?:(?<ip>[0-9a-fA-F.:]+) (?<path>\S+\.) [A-Z]+ IN)?.*)$"#,
    accepts: ["[1614799598] unbound[1234:0] info: 203.0.113.7 a.example. A IN"]),
  LogFormat(
    "asterisk", "Asterisk", "asterisk, voip, sip", role: .server, service: "asterisk",
    marks: ["]["], rank: 8,
    pattern:
      #"^\[(?<time>(?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d) \d\d:\d\d:\d\d(?:\.\d+)?)\] (?<level>[A-Z]+)\[\d+\](?:\[[^\]]*\])?:? (?<service>[\w.]+):(?:\d+)? ?(?<msg>.*)$"#,
    accepts: [
      "[2021-03-03 19:26:38] NOTICE[1234][C-0000] chan_sip.c: Registration from '<sip:1@a.example>' failed for '203.0.113.7:5060' - Wrong password"
    ]),
  LogFormat(
    "openvpn", "OpenVPN", "openvpn, vpn", role: .server, service: "openvpn",
    marks: ["OpenVPN"], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) (?:us=\d+ )?(?:(?:(?<user>[\w.-]+)/)?(?<ip>\d+\.\d+\.\d+\.\d+):\d+ )?(?<msg>.*)$"#,
    accepts: [
      "2024-12-15 14:11:25 203.0.113.7:52234 TLS Error: TLS handshake failed",
      "Mon Dec 16 14:10:00 2024 OpenVPN 2.6.3 x86_64-linux-gnu started",
    ]),
  LogFormat(
    "vsftpd", "vsftpd", "vsftpd, ftp", role: .server, service: "vsftpd", marks: ["Client \""],
    rank: 9,
    pattern:
      #"^(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) \[pid \d+\] (?:\[(?<user>[^\]]*)\] )?(?<msg>(?:(?<result>OK|FAIL) )?(?<operation>[A-Z]+): Client "(?:::ffff:)?(?<ip>[^"]+)".*)$"#,
    accepts: [
      "Mon Jun  6 18:43:32 2016 [pid 1] [jean] OK LOGIN: Client \"203.0.113.9\"",
      "Mon Jun  6 18:43:28 2016 [pid 2] CONNECT: Client \"203.0.113.9\"",
    ]),
  LogFormat(
    "proftpd", "ProFTPD", "proftpd, ftp", role: .server, service: "proftpd", marks: ["proftpd["],
    rank: 9,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:,\d+)?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?<host>\S+) (?<service>proftpd)\[\d+\]:? \S+ \([^\[]*\[(?:::ffff:)?(?<ip>[^\]]+)\]\)(?: -|:) (?<msg>(?:USER (?<user>[^:\s]+))?.*)$"#,
    accepts: [
      "2021-05-28 18:08:34,399 mantis proftpd[498819] mantis (203.0.113.7[203.0.113.7]): USER seb (Login failed): Incorrect password"
    ]),
  LogFormat(
    "xferlog", "FTP transfer log (wu-ftpd)", "xferlog, ftp", role: .server, service: "ftp", rank: 8,
    pattern:
      #"^(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) (?<duration>\d+) (?<ip>\S+) (?<bytes>\d+) (?<path>\S+) [ab] [_CUT] (?<direction>[oid]) [agr] (?<user>\S+) ftp"#,
    accepts: [
      "Mon Jun  6 18:43:41 2016 1 203.0.113.9 1024 /home/jean/a.txt b _ o r jean ftp 0 * c"
    ]),
  LogFormat(
    "exchange", "Microsoft Exchange protocol log (IMAP, POP, SMTP)",
    "exchange, exchange imap, exchange pop, exchange smtp, mail", role: .server,
    service: "exchange", marks: [","], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z),(?:[^,\\]*\\[^,]*,)?(?<session>[0-9A-F]{16}),\d+,(?<peer>[^,]+:\d+),(?<ip>[0-9a-fA-F.:]+):\d+,(?<msg>(?:(?<user>[^,<>*+-]+),(?<latency_ms>\d+),\d+,\d+,(?<operation>\w+),)?.*)$"#,
    accepts: [
      "2022-07-20T21:28:50.530Z,000000000000000E,2,192.168.9.241:143,203.0.113.7:35070,testuser,168,31,31,authenticate,PLAIN,\"R=NO\"",
      "2022-07-20T21:12:06.270Z,EX-1\\Default Frontend EX-1,08DA4F7C11473A60,9,192.168.9.241:25,203.0.113.7:53722,>,535 5.7.3 Authentication unsuccessful,",
    ]),
  LogFormat(
    "adguardhome", "AdGuard Home", "adguardhome, go log, dns", role: .server,
    service: "adguardhome", marks: ["/control/"], rank: 8,
    pattern:
      #"^(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d+) (?:\d+#\d+ )?\[(?<level>\w+)\] (?<msg>(?:[A-Z]+ (?<ip>[0-9a-fA-F.:]+) (?<path>/\S*): )?.*)$"#,
    accepts: [
      "2023/02/21 08:05:56.233208 [error] POST 203.0.113.7 /control/login: invalid username or password"
    ]),
  LogFormat(
    "bitwarden", "Vaultwarden, Bitwarden", "bitwarden, vaultwarden, rust", role: .server,
    service: "bitwarden", joins: true, marks: ["identity"], rank: 8,
    pattern:
      #"^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\]\[(?<service>[^\]]*identity[^\]]*)\]\[(?<level>[A-Z]+)\] (?<msg>.*?(?:IP: (?<ip>[0-9a-fA-F.:]+?))?\.?(?: Username: (?<user>\S+?)\.)?)$"#,
    accepts: [
      "[2021-10-24 20:28:27.115][vaultwarden::api::identity][ERROR] Username or password is incorrect. Try again. IP: 203.0.113.7. Username: a@b.example."
    ]),
  LogFormat(
    "emby", "Emby, Jellyfin server", "emby, jellyfin", role: .server, service: "emby", joins: true,
    marks: ["Server"], rank: 7,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) (?<level>Info|Warn|Error|Debug|Fatal) (?<service>[\w ]+): (?<msg>(?:AUTH-ERROR: (?<ip>\S+) - )?.*)$"#,
    accepts: [
      "2022-02-14 18:01:07.092 Warn Server: AUTH-ERROR: 203.0.113.7 - Invalid username or password entered."
    ]),
  LogFormat(
    "hestiacp", "Hestia control panel", "hestiacp, vesta", role: .server, service: "hestiacp",
    marks: [" to login"], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?<user>\S+) (?<ip>[0-9a-fA-F.:]+) (?<msg>(?<result>failed|successfully|success)\S* .*)$"#,
    accepts: ["2025-02-22 01:27:36 test_username 203.0.113.7 failed to login"]),
  LogFormat(
    "proxmox-backup", "Proxmox Backup Server authentication",
    "proxmox backup auth, proxmoxbackupauth, proxmox", role: .server, service: "proxmox-backup",
    marks: ["rhost="], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\dT\S+?):? (?<msg>authentication (?<result>failure|success\w*); rhost=\[?(?:::ffff:)?(?<ip>[0-9a-fA-F.:]+?)\]?(?::\d+)? user=(?<user>\S+).*)$"#,
    accepts: [
      "2022-07-20T21:28:50+02:00: authentication failure; rhost=[::ffff:203.0.113.7]:51234 user=root@pam msg=x"
    ]),
  LogFormat(
    "miniflux", "Miniflux", family: "miniflux, logfmt", role: .server, service: "miniflux",
    parser: ComposeParser(), marks: ["miniflux", "msg="], rank: 9,
    accepts: [
      "miniflux  | time=2024-01-12T22:54:56.307Z level=WARN msg=\"Incorrect username or password\" client_ip=203.0.113.7 username=a"
    ], refuses: ["hello"]),
  LogFormat(
    "suricata-eve", "Suricata EVE", "suricata, eve, json, jsonl", role: .host, service: "suricata",
    marks: ["\"event_type\"", "\"src_ip\""], rank: 9,
    keys: [
      "event_type": .field(.operation), "alert.signature": .field(.message),
      "http.url": .field(.target), "http.http_method": .field(.operation),
      "http.http_user_agent": .field(.agent), "http.status": .httpStatus,
      "in_iface": .ignored, "alert.severity": .ignored,
    ],
    accepts: [
      #"{"timestamp":"2021-03-03T19:26:38.616123+0000","event_type":"alert","src_ip":"203.0.113.7","dest_ip":"192.0.2.1","alert":{"signature":"ET SCAN"}}"#
    ]),
  LogFormat(
    "suricata-fast", "Suricata fast.log, Snort alert_fast", "suricata fast, snort", role: .host,
    service: "suricata", marks: ["[**]"], rank: 9, severity: .warning,
    pattern:
      #"^(?<time>\d\d/\d\d(?:/\d{2,4})?-\d\d:\d\d:\d\d\.\d+) +\[\*\*\] \[[\d:]+\] (?<msg>.*?) \[\*\*\].*?\{(?<proto>[^}]+)\} (?<ip>[0-9a-fA-F.:]+?)(?::\d+)? -> (?<peer>\S+)"#,
    accepts: [
      "03/03/2021-19:26:38.616123  [**] [1:2010935:3] ET SCAN Suspicious inbound to MSSQL port 1433 [**] [Classification: Bad] [Priority: 2] {TCP} 203.0.113.7:6000 -> 192.0.2.1:1433"
    ]),
  LogFormat(
    "zeek-json", "Zeek, JSON", "zeek, bro, json, jsonl", role: .host, service: "zeek",
    marks: ["\"id.orig_h\"", "\"ts\""], rank: 9,
    keys: [
      "id.orig_h": .field(.address), "id.resp_h": .field(.peer), "query": .field(.target),
      "uid": .field(.requestID), "proto": .ignored, "id.orig_p": .port, "id.resp_p": .ignored,
    ],
    accepts: [
      #"{"ts":1614799598.616,"uid":"C1","id.orig_h":"203.0.113.7","id.orig_p":5000,"id.resp_h":"192.0.2.1","id.resp_p":80,"proto":"tcp"}"#
    ]),
  LogFormat(
    "cowrie", "Cowrie honeypot, JSON", "cowrie, json, jsonl", role: .host, service: "cowrie",
    marks: ["\"eventid\":", "cowrie."], rank: 9,
    keys: ["eventid": .field(.operation), "sensor": .field(.host), "input": .field(.target)],
    accepts: [
      #"{"eventid":"cowrie.login.failed","username":"root","password":"x","src_ip":"203.0.113.7","timestamp":"2021-03-03T19:26:38.616123Z"}"#
    ]),
  LogFormat(
    "cef", "ArcSight Common Event Format", family: "cef, arcsight", role: .host,
    parser: EventFormatParser(), marks: ["|"], rank: 9,
    accepts: [
      "Mar 03 19:26:38 fw1 CEF:0|Vendor|Product|1.0|100|Threat blocked|7|src=203.0.113.7 dst=192.0.2.1 spt=1234 rt=1614799598616 msg=blocked it",
      "CEF:0|Vendor|Product|1.0|100|Admin|1|src=203.0.113.7 UNIFIutcTime=2025-09-04T08:32:58.445Z msg=x",
    ], refuses: ["hello", "a|b|c|d|e|f|g|h"]),
  LogFormat(
    "leef", "QRadar LEEF", family: "leef, qradar", role: .host, parser: EventFormatParser(),
    marks: ["LEEF:"], rank: 9,
    accepts: [
      "Mar 03 19:26:38 fw1 LEEF:1.0|Vendor|Product|1.0|100|src=203.0.113.7\tdst=192.0.2.1\tdevTime=Mar 03 2021 19:26:38"
    ], refuses: ["hello"]),
  LogFormat(
    "cloudtrail", "AWS CloudTrail events", "cloudtrail, aws, json", role: .server,
    service: "cloudtrail", marks: ["\"eventVersion\"", "\"eventSource\""], rank: 9,
    keys: [
      "sourceipaddress": .field(.address), "eventname": .field(.operation),
      "eventsource": .field(.service), "useridentity.arn": .field(.user),
      "errorcode": .field(.reason), "awsregion": .field(.region),
    ],
    accepts: [
      #"{"eventVersion":"1.08","eventTime":"2021-03-03T19:26:38Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","sourceIPAddress":"203.0.113.7"}"#
    ]),
  LogFormat(
    "vault-audit", "HashiCorp Vault audit", "vault, json", role: .server, service: "vault",
    marks: ["\"request\":", "\"type\":\"re", "\"auth\":"], rank: 9,
    keys: [
      "request.path": .field(.target), "request.operation": .field(.operation),
      "request.remote_address": .field(.address), "auth.display_name": .field(.user),
      "type": .ignored,
    ],
    accepts: [
      #"{"time":"2021-03-03T19:26:38.616Z","type":"request","auth":{"display_name":"a"},"request":{"operation":"read","path":"secret/a","remote_address":"203.0.113.7"}}"#
    ]),
  LogFormat(
    "n2n", "n2n supernode and edge", "n2n, p2p, supernode, edge", role: .supernode, service: "n2n",
    marks: [".c:"], rank: 9,
    pattern:
      #"^(?<time>\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d) \[(?<service>[\w.]+):\d+\] (?:(?<level>ERROR|WARNING|NORMAL|INFO|DEBUG): )?(?<msg>.*)$"#,
    accepts: ["03/Mar/2021 19:26:38 [sn_utils.c:1234] WARNING: purge edge from community"]),
  LogFormat(
    "geth", "geth (Ethereum)", "geth, ethereum, p2p", role: .client, service: "geth", rank: 9,
    pattern:
      #"^(?<level>TRACE|DEBUG|INFO|WARN|ERROR|CRIT) +\[(?<time>\d\d-\d\d\|\d\d:\d\d:\d\d(?:\.\d+)?)\] (?<msg>.*)$"#,
    accepts: ["INFO [03-03|19:26:38.616] Looking for peers                        peercount=2"]),
  LogFormat(
    "lighthouse", "Lighthouse (Ethereum consensus)", "lighthouse, ethereum, p2p", role: .client,
    service: "lighthouse", rank: 9,
    pattern:
      #"^(?<time>[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{3}) (?<level>[A-Z]{4}) (?<msg>.*)$"#,
    accepts: ["Mar 03 19:26:38.616 INFO Synced, slot: 123, peers: 50"]),
  LogFormat(
    "bitcoin-core", "Bitcoin Core", "bitcoin, p2p", role: .client, service: "bitcoind", rank: 5,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) (?<msg>(?:\[[\w:]+\] )?(?:UpdateTip|New .* peer|Bound to|Pre-allocating|Saw new header|Leaving block file|ThreadRPC|Bitcoin Core|Loading|P2P|Socket|connect|disconnect|receive|send).*)$"#,
    accepts: [
      "2021-03-03T19:26:38Z UpdateTip: new best=0000 height=673000 version=0x20000000"
    ]),
  LogFormat(
    "ipfs", "libp2p and IPFS (go-log)", "ipfs, libp2p, p2p", role: .client, service: "ipfs",
    marks: ["\t"], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d{4}))\t(?<level>[A-Z]+)\t(?<service>[\w/.-]+)\t(?:(?<caller>[\w./-]+:\d+)\t)?(?<msg>.*)$"#,
    accepts: [
      "2021-03-03T19:26:38.616+0100\tERROR\tswarm2\tswarm/swarm.go:123\tdial backoff"
    ]),
  LogFormat(
    "transmission", "Transmission (BitTorrent)", "transmission, bittorrent, p2p", role: .client,
    service: "transmission",
    pattern:
      #"^\[(?<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d+\S*)\] (?:(?<level>[A-Z]+) )?(?<service>[^:\[]+?) (?<msg>.*\([\w-]+\.(?:c|cc|cpp):\d+\))$"#,
    accepts: [
      "[2021-03-03 19:26:38.616] Port Forwarding State changed from \"Not forwarded\" to \"Starting\" (port-forwarding.c:92)"
    ]),
  LogFormat(
    "qbittorrent", "qBittorrent", "qbittorrent, bittorrent, p2p", role: .client,
    service: "qbittorrent", rank: 9,
    pattern: #"^\((?<level>[NIWC])\) (?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) - (?<msg>.*)$"#,
    accepts: [
      "(W) 2024-11-26T13:37:02 - WebAPI login failure. Reason: invalid credentials, attempt count: 1, IP: ::ffff:203.0.113.7, username: a"
    ]),
  LogFormat(
    "bittorrent-tracker", "opentracker, chihaya and kin: announces as requests",
    "bittorrent tracker, tracker, p2p", role: .server, service: "tracker", marks: ["info_hash="],
    rank: 9,
    pattern:
      #"^(?<ip>\S+) \S+ (?<user>\S+) \[(?<time>[^\]]+)\] "GET (?<path>/(?<operation>announce|scrape)\?\S*info_hash=\S*) HTTP/[\d.]+" (?<status_code>\d+) (?<bytes>\d+|-)"#,
    accepts: [
      "203.0.113.7 - - [03/Mar/2021:19:26:38 +0000] \"GET /announce?info_hash=%AA&peer_id=x&event=started HTTP/1.1\" 200 128"
    ]),
]
