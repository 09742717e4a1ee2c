import Records

/// Operating systems, containers and the machines' own bookkeeping.
///
/// Sources: the manuals auditd(8), ausearch(8), dpkg(1), fail2ban's and firewalls' own files, the CRI
/// logging document of Kubernetes, Android's logcat, Apple's log(1).
let hostCatalogue: [LogFormat] = [
  LogFormat(
    "auditd", "Linux audit log", "auditd, audit, linux audit, selinux", role: .host,
    service: "auditd", marks: ["audit(", "type="], rank: 9,
    pattern:
      #"^(?:node=(?<host>\S+) )?type=(?<event>[A-Z_0-9]+(?:\[\d+\])?) msg=audit\((?<time>\d{9,10}\.\d{1,3}):\d+\): ?(?<msg>.*?(?:(?: |')acct="?(?<user>[^"\s]+)"?)?(?:.*? addr=(?<ip>[0-9a-fA-F.:]+))?(?:.*? res=(?<result>\w+))?.*)$"#,
    accepts: [
      "type=USER_LOGIN msg=audit(1337845201.174:94983): pid=25443 uid=0 msg='op=login acct=\"root\" addr=203.0.113.9 terminal=ssh res=failed'",
      "type=SYSCALL msg=audit(1684329817.579:2995): arch=c000003e syscall=59 success=yes exit=0",
    ], refuses: ["type=WRONGDATE msg=audit(1337845201): x", "hello"]),
  LogFormat(
    "laurel", "Linux audit log as JSON (laurel)", "laurel, auditd, json", role: .host,
    service: "auditd", marks: ["\"ID\":\"", "\"SYSCALL\""],
    keys: ["id": .time],
    accepts: [
      #"{"ID":"1688052525.815:33152","SYSCALL":{"arch":"0xc000003e","syscall":59,"success":"yes"}}"#
    ]),
  LogFormat(
    "cri", "Kubernetes container log (CRI)", family: "cri, containerd, kubernetes, container",
    role: .server,
    framer: LineFramer(), parser: ContainerParser(), marks: ["std"], rank: 10,
    accepts: [
      "2016-10-06T00:17:09.669794202Z stdout F log content 1",
      "2016-10-06T00:17:09.669794202Z stderr P {\"level\":\"error\",\"msg\":\"x\"}",
    ], refuses: ["2016-10-06T00:17:09.669794202Z hello"]),
  LogFormat(
    "docker-json-file", "Docker json-file log", family: "docker, json, jsonl", role: .server,
    framer: LineFramer(), parser: DockerParser(), marks: ["\"log\":", "\"stream\":", "\"time\":"],
    rank: 10,
    accepts: [
      #"{"log":"hello\n","stream":"stdout","time":"2010-12-22T16:03:11.123456789Z"}"#
    ], refuses: ["{\"a\":1}"]),
  LogFormat(
    "docker-compose", "docker compose output", family: "docker compose, compose, docker, container",
    role: .server, framer: LineFramer(), parser: ComposeParser(), marks: [" | "], rank: 7,
    accepts: [
      "web-1  | 2023-01-01T12:00:00Z INFO started",
      #"caddy  | {"level":"info","ts":1761019822.3152757,"msg":"x"}"#,
    ], refuses: ["hello, world"]),
  LogFormat(
    "klog", "Kubernetes component log (klog, glog)", family: "klog, glog, kubernetes, log4j",
    role: .server,
    framer: StartLineFramer(begins: beginsWithStamp),
    parser: PatternParser(
      #"^(?=(?<level>[IWEFD]))(?<time>[IWEFD]\d{4} \d\d:\d\d:\d\d\.\d+) +\d+ [\w./-]+:\d+\] (?<msg>.*)$"#
    ), marks: ["] "], rank: 8,
    accepts: ["I0102 15:04:05.678901    1234 main.go:42] started"], refuses: ["hello"]),
  LogFormat(
    "kubernetes-audit", "Kubernetes API audit", "kubernetes audit, json, jsonl", role: .server,
    service: "kube-apiserver", marks: ["audit.k8s.io", "\"requestURI\""],
    keys: [
      "requestreceivedtimestamp": .time, "verb": .field(.operation), "requesturi": .field(.target),
      "user.username": .field(.user), "sourceips": .field(.address),
      "responsestatus.code": .httpStatus, "useragent": .field(.agent), "stagetimestamp": .ignored,
    ],
    accepts: [
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","requestURI":"/api","verb":"get","user":{"username":"a"},"sourceIPs":["203.0.113.7"],"responseStatus":{"code":200},"requestReceivedTimestamp":"2022-10-30T00:00:02.000000Z"}"#
    ]),
  LogFormat(
    "coredns", "CoreDNS query log", "coredns, dns", role: .server, service: "coredns",
    marks: ["[INFO]"], rank: 9,
    pattern:
      #"^(?:(?<time>\d{4}-\d\d-\d\dT\S+) (?:std(?:out|err) F )?)\[(?<level>[A-Z]+)\] (?<ip>[0-9a-fA-F.:]+):\d+ - \d+ "(?<method>[A-Z]+) IN (?<path>\S+)[^"]*" (?<result>[A-Z]+) \S+ (?<bytes>\d+) (?<duration>[\d.]+)s"#,
    accepts: [
      #"2022-01-28T16:04:05Z [INFO] 10.244.0.9:35821 - 43010 "A IN example.org. udp 28 false 512" NOERROR qr,rd,ra 106 0.000156s"#
    ]),
  LogFormat(
    "fail2ban", "fail2ban", "fail2ban", role: .host, service: "fail2ban", marks: ["fail2ban."],
    rank: 9,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) (?<service>fail2ban\.\w+) *\[\d+\]: (?<level>[A-Z]+) +(?<msg>(?:\[[^\]]*\] )?(?:(?<event>Ban|Unban|Found|Ignore|Restore Ban) (?<ip>[0-9a-fA-F.:]+))?.*)$"#,
    accepts: [
      "2021-03-03 19:26:38,616 fail2ban.actions        [821]: NOTICE  [sshd] Ban 203.0.113.9"
    ]),
  LogFormat(
    "dpkg", "dpkg log", "dpkg", role: .host, service: "dpkg",
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?<event>startup|status|install|upgrade|remove|purge|configure|trigproc|conffile|disappear)\b ?(?<msg>.*)$"#,
    accepts: ["2021-03-03 19:26:38 upgrade libc6:amd64 2.31-13 2.31-14"]),
  LogFormat(
    "pacman", "pacman log", "pacman", role: .host, service: "pacman", marks: ["[ALPM]"],
    pattern: #"^\[(?<time>[^\]]+)\] \[(?<service>[A-Z-]+)\] (?<msg>.*)$"#,
    accepts: ["[2021-03-03T19:26:38+0100] [ALPM] upgraded linux (5.11.1-1 -> 5.11.2-1)"]),
  LogFormat(
    "android-logcat", "Android logcat, threadtime", "logcat, android", role: .client,
    pattern:
      #"^(?<time>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d+) +\d+ +\d+ (?<level>[VDIWEFA]) (?<service>[^:]*?) *: (?<msg>.*)$"#,
    accepts: ["03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogs"],
    refuses: ["03-17 hello"]),
  LogFormat(
    "macos-unified", "macOS unified log, log show", "macos, unified log", role: .client,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}[+-]\d{4}) +0x[0-9a-f]+ +(?<level>\w+) +0x[0-9a-f]+ +\d+ +\d+ +(?<service>[^:]+): (?<msg>.*)$"#,
    accepts: [
      "2020-03-03 19:26:38.123456+0100 0x1a2b     Default     0x0                  0      0    kernel: (AppleACPI) wake"
    ]),
  LogFormat(
    "windows-event-xml", "Windows events as XML",
    "windows event, wineventlog, winevent, evtx, sysmon, xml", role: .host, service: "windows",
    marks: ["<Event ", "<TimeCreated"], rank: 9,
    pattern:
      #"^-? ?<Event .*?<Provider Name=['"](?<service>[^'"]*)['"].*?<EventID[^>]*>(?<event>\d+)</EventID>.*?(?:<Level>(?<winlevel>\d)</Level>.*?)?<TimeCreated SystemTime=['"](?<time>[^'"]+)['"].*?<Computer>(?<host>[^<]*)</Computer>(?:.*?<Data Name=['"]TargetUserName['"]>(?<user>[^<]*)</Data>)?(?:.*?<Data Name=['"]IpAddress['"]>(?<ip>[^<]*)</Data>)?(?<msg>.*)$"#,
    accepts: [
      "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System><Provider Name=\"Microsoft-Windows-Security-Auditing\"/><EventID>4625</EventID><Level>0</Level><TimeCreated SystemTime=\"2022-04-28T16:09:28.9443547Z\"/><Computer>WIN1</Computer></System><EventData><Data Name=\"TargetUserName\">admin</Data><Data Name=\"IpAddress\">203.0.113.9</Data></EventData></Event>"
    ]),
  LogFormat(
    "windows-cbs", "Windows CBS log", "windows cbs, cbs", role: .host, service: "CBS",
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d), (?<level>\w+) +(?<service>[A-Z]+) +(?<msg>.*)$"#,
    accepts: [
      "2016-09-28 04:30:30, Info                  CBS    Loaded Servicing Stack v6.1.7601.23505"
    ]),
  LogFormat(
    "vmware", "VMware vpxd, hostd and kin", "vmware, vpxd, hostd, esxi", role: .server,
    joins: true, marks: ["Originator@6876"],
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\dT\S+) (?<level>\w+) (?<service>\w+)\[\w+\] \[Originator@6876[^\]]*\] (?<msg>.*)$"#,
    accepts: [
      "2022-06-02T11:58:12.193Z info vpxd[45715] [Originator@6876 sub=vpxLro opID=7e12] [VpxLRO] -- BEGIN lro-846063"
    ]),
  LogFormat(
    "tai64n", "multilog or s6-log, TAI64N stamps", "tai64n, multilog, svlogd", role: .host,
    marks: ["@4000"],
    pattern: #"^(?<time>@4[0-9a-f]{23}) (?<msg>.*)$"#,
    accepts: ["@4000000043323f1f0a3f3b5c tcpserver: status: 0/40"]),
  LogFormat(
    "strace", "strace -t, -tt, -ttt", "strace", role: .host, service: "strace", marks: ["("],
    rank: 7,
    pattern:
      #"^(?:\[pid +\d+\] |\d+ +)?(?<time>\d{9,10}\.\d+) (?<msg>(?:(?<operation>[a-z_0-9]+)\(|<\.\.\. |\+\+\+ |--- ).*)$"#,
    accepts: [
      "1697048351.000001 openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY) = 3"
    ]),
  LogFormat(
    "ctime", "lines that begin with a date as date(1) prints it",
    "ctime, date, unix date, timestamped",
    joins: true, rank: 4,
    pattern:
      #"^(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:[A-Z]{2,5} )?\d{4})\b[\]:]? ?(?<msg>.*)$"#,
    accepts: ["Wed May 19 12:00:02 UTC 2021 line 2", "Mon Jun  6 18:43:28 2016 hello"]),
  LogFormat(
    "proxifier", "Proxifier", "proxifier", role: .client, service: "proxifier", marks: [" - "],
    pattern: #"^\[(?<time>\d\d\.\d\d \d\d:\d\d:\d\d)\] (?<service>\S+(?: \*\d+)?) - (?<msg>.*)$"#,
    accepts: [
      "[10.30 16:49:06] chrome.exe - proxy.example:5070 open through proxy proxy.example:5070 HTTPS"
    ]),
  LogFormat(
    "healthapp", "HealthApp (phone)", "healthapp, phone", role: .client, marks: ["|"],
    pattern: #"^(?<time>\d{8}-\d\d?:\d\d?:\d\d?:\d+)\|(?<service>[^|]+)\|\d+\|(?<msg>.*)$"#,
    accepts: ["20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579"]),
  LogFormat(
    "bgl", "Blue Gene/L RAS log", "bgl, hpc, ras", role: .host, marks: ["RAS"], rank: 9,
    pattern:
      #"^(?<alert_label>\S+) (?<time>\d{9,10}) \d{4}\.\d\d\.\d\d (?<host>\S+) \d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d\.\d+ \S+ RAS (?<service>\w+) (?<level>\w+) ?(?<msg>.*)$"#,
    accepts: [
      "- 1117838570 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO instruction cache parity error corrected"
    ]),
  LogFormat(
    "cluster-syslog", "syslog of a cluster with alert label and epoch in front",
    "thunderbird, spirit, hpc, syslog", role: .host, rank: 8,
    pattern:
      #"^(?<alert_label>\S+) (?<time>\d{9,10}) \d{4}\.\d\d\.\d\d (?<host>\S+) [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ (?:(?<service>[^\s:\[]+)(?:\[\d+\])?: )?(?<msg>.*)$"#,
    accepts: [
      "- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond(pam_unix)[2915]: session closed for user root"
    ]),
  LogFormat(
    "hpc-cluster", "HPC cluster event log", "hpc, cluster", role: .host, rank: 7,
    pattern:
      #"^\d+ (?<host>\S+) (?<service>[\w.]+) (?<event>[\w.]+) (?<time>\d{9,10}) \d+ (?<msg>.*)$"#,
    accepts: [
      "134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change"
    ]),
]
