import Records

/// Web servers, proxies and load balancers.
///
/// Sources: the log chapters of nginx, Apache HTTP Server, HAProxy, Envoy, Squid, uWSGI, AWS Elastic
/// Load Balancing, Amazon S3 and CloudFront.
let webCatalogue: [LogFormat] = [
  LogFormat(
    "nginx-error", "nginx error log", "nginx error, error log", role: .server, service: "nginx",
    marks: ["[", "#"],
    pattern:
      #"^(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?<level>\w+)\] \d+#\d+: (?:\*\d+ )?(?<msg>.*?(?:, client: (?<ip>[0-9a-fA-F.:]+))?(?:, server: (?<service>[^,]*))?(?:, request: "(?<method>[A-Z]+) (?<path>\S+)[^"]*")?(?:, upstream: "(?<peer>[^"]*)")?(?:, host: "[^"]*")?(?:, referrer: "[^"]*")?)$"#,
    accepts: [
      #"2021/11/18 08:34:27 [error] 86596#86596: *1083 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.9, server: shop.example, request: "GET /a HTTP/1.1", upstream: "http://10.0.0.7:8080/a", host: "shop.example""#,
      "2021/11/18 08:34:27 [notice] 1#1: start worker processes",
    ]),
  LogFormat(
    "apache-error", "Apache HTTP Server error log", "apache error, httpd, error log", role: .server,
    service: "apache", marks: ["] ["],
    pattern:
      #"^\[(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4})\] \[(?:[\w-]*:)?(?<level>\w+)\](?: \[pid [^\]]*\])?(?: \[client (?<ip>[^\]\s]+?)(?::\d+)?\])? ?(?<msg>.*)$"#,
    accepts: [
      "[Wed Oct 11 14:32:52 2000] [error] [client 203.0.113.7] client denied by server configuration: /htdocs/test",
      "[Mon Mar 02 10:11:12.123456 2020] [core:notice] [pid 35708:tid 4328636416] AH00094: Command line: 'httpd'",
    ]),
  LogFormat(
    "haproxy-http", "HAProxy HTTP log", "haproxy, http proxy", role: .proxy, service: "haproxy",
    marks: ["/", "\""], rank: 9,
    pattern:
      #"^(?:<\d+>)?(?:(?<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (?<host>\S+) (?<service>[\w.-]+)(?:\[\d+\])?: )?(?<ip>[0-9a-fA-F.:]+):(?<sport>\d+) \[(?<time2>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?:\.\d+)?)\] (?<node_frontend>\S+) (?<peer>\S+) (?:-?\d+/){3}-?\d+/\+?(?<latency_ms>\d+) (?<status_code>-?\d+) \+?(?<bytes>\d+) \S+ \S+ \S+ \d+/\d+/\d+/\d+/\+?\d+ \d+/(?<queue>\d+)(?: \{[^}]*\}){0,2} "(?<method>[A-Z]+|<BADREQ>) ?(?<path>\S*)[^"]*"?"#,
    accepts: [
      #"Feb  6 12:14:14 localhost haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1""#
    ]),
  LogFormat(
    "haproxy-tcp", "HAProxy TCP log", "haproxy, tcp proxy", role: .proxy, service: "haproxy",
    marks: ["/"], rank: 9,
    pattern:
      #"^(?:<\d+>)?(?:(?<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (?<host>\S+) (?<service>[\w.-]+)(?:\[\d+\])?: )?(?<ip>[0-9a-fA-F.:]+):(?<sport>\d+) \[(?<time2>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?:\.\d+)?)\] \S+ (?<peer>\S+/\S+) -?\d+/-?\d+/\+?(?<latency_ms>\d+) \+?(?<bytes>\d+) \S\S \d+/\d+/\d+/\d+/\+?\d+ \d+/(?<queue>\d+)"#,
    accepts: [
      "Feb  6 12:12:56 localhost haproxy[14387]: 10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0"
    ]),
  LogFormat(
    "envoy", "Envoy access log", "envoy, access log", role: .proxy, service: "envoy",
    marks: ["\" "],
    pattern:
      #"^\[(?<time>\d{4}-\d\d-\d\dT[\d:.]+Z)\] "(?<method>[A-Z-]+) (?<path>\S+) [^"]*" (?<status_code>\d+) (?:\S+ )??(?<flags>[A-Z,-]+) (?:\S+ )*?(?:"-" )?(?<bytes_received>\d+) (?<bytes>\d+) (?<latency_ms>\d+|-) \S+ "(?<ip>[^",]*)[^"]*" "(?<agent>[^"]*)" "(?<request_id>[^"]*)" "(?<service>[^"]*)" "(?<peer>[^"]*)""#,
    accepts: [
      #"[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80""#
    ]),
  LogFormat(
    "traefik-json", "Traefik access log, JSON", "traefik, json, jsonl", role: .proxy,
    service: "traefik", marks: ["\"RouterName\"", "\"RequestMethod\""],
    accepts: [
      #"{"ClientAddr":"203.0.113.7:5000","ClientHost":"203.0.113.7","DownstreamStatus":200,"Duration":1200000,"RequestMethod":"GET","RequestPath":"/","RouterName":"web@docker","time":"2022-09-28T13:38:04Z"}"#
    ]),
  LogFormat(
    "caddy", "Caddy access log, JSON", "caddy, zap, json, jsonl", role: .server, service: "caddy",
    marks: ["\"logger\":\"http.", "\"ts\""],
    accepts: [
      #"{"level":"info","ts":1646861401.5241024,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.7","method":"GET","host":"a.example","uri":"/"},"duration":0.001,"size":5,"status":200}"#
    ]),
  LogFormat(
    "squid", "Squid access log, native", "squid, proxy", role: .proxy, service: "squid",
    marks: ["/"],
    pattern:
      #"^(?<time>\d{9,10}\.\d{3}) +(?<latency_ms>\d+) (?<ip>\S+) (?<tag_result>[A-Z_]+)/(?<status_code>\d+) (?<bytes>\d+) (?<method>\S+) (?<path>\S+) (?<user>\S+) [A-Z_]+/(?<peer>\S+)"#,
    accepts: [
      "1066036250.603    310 192.0.2.7 TCP_MISS/304 296 GET http://www.example.com/style.css - HIER_DIRECT/203.0.113.10 -"
    ]),
  LogFormat(
    "uwsgi", "uWSGI request log", "uwsgi", role: .server, service: "uwsgi", marks: ["[pid: "],
    pattern:
      #"^\[pid: \d+\|app: \S+\|req: \S+\] (?<ip>\S+) \((?<user>[^)]*)\) \{[^}]*\} \[(?<time>[^\]]+)\] (?<method>[A-Z]+) (?<path>\S+) => generated (?<bytes>\d+) bytes in (?<latency_ms>\d+) (?:msecs|micros) \([^ ]+ (?<status_code>\d+)\)"#,
    accepts: [
      "[pid: 24386|app: 0|req: 482950/4125645] 203.0.113.7 () {56 vars in 1033 bytes} [Sun Mar 13 22:49:12 2016] POST /run/ => generated 185 bytes in 171 msecs (HTTP/1.1 200) 9 headers in 1060 bytes (1 switches on core 0)"
    ]),
  LogFormat(
    "aws-elb", "AWS classic load balancer access log", "elb, aws elb, elastic load balancer",
    role: .proxy, service: "elb", marks: [" \""],
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\dT[\d:.]+Z) (?<service>\S+) (?<ip>[0-9a-fA-F.:]+):\d+ (?<peer>\S+) -?[\d.]+ (?<duration>-?[\d.]+) -?[\d.]+ (?<status_code>\d+|-) \S+ \d+ (?<bytes>\d+) "(?<method>\S+) (?<path>\S+) [^"]*"(?: "(?<agent>[^"]*)")?"#,
    accepts: [
      #"2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -"#
    ]),
  LogFormat(
    "aws-nlb", "AWS network load balancer access log (TLS)", "nlb, elb, aws elb, aws nlb",
    role: .proxy, service: "nlb", marks: ["tls "],
    pattern:
      #"^(?<protocol_kind>tls) (?<format_version>[\d.]+) (?<time>\d{4}-\d\d-\d\dT[\d:.]+Z?) (?<service>\S+) (?<request_id>\S+) (?<ip>[0-9a-fA-F.:]+):\d+ (?<peer>\S+) (?<latency_ms>\d+|-) (?:\d+|-) (?:\d+|-) (?<bytes>\d+|-) (?<reason>\S+) "#,
    accepts: [
      "tls 2.0 2018-12-20T02:59:40 net/my-lb/c6e77e28c25b2234 g3d4b5e8bb8464cd 72.21.218.154:51341 172.100.100.185:443 5 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - my-lb.elb.us-east-2.amazonaws.com - - - 2018-12-20T02:59:30"
    ]),
  LogFormat(
    "aws-alb", "AWS application load balancer access log", "alb, elb, aws elb, aws alb",
    role: .proxy, service: "alb", marks: [" \""],
    pattern:
      #"^(?<protocol_kind>https?|h2|grpcs?|wss?) (?<time>\d{4}-\d\d-\d\dT[\d:.]+Z) (?<service>\S+) (?<ip>[0-9a-fA-F.:]+):\d+ (?<peer>\S+) -?[\d.]+ (?<duration>-?[\d.]+) -?[\d.]+ (?<status_code>\d+|-) \S+ \d+ (?<bytes>\d+) "(?<method>\S+) (?<path>\S+) [^"]*" "(?<agent>[^"]*)""#,
    accepts: [
      #"http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn:aws:x"#
    ]),
  LogFormat(
    "aws-s3", "Amazon S3 server access log", "s3, aws s3", role: .server, service: "s3",
    marks: ["] ", "REST."],
    pattern:
      #"^\S{20,} (?<service>\S+) \[(?<time>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (?<ip>\S+) (?<user>\S+) (?<request_id>\S+) (?<operation>[A-Z]+\.\S+) (?<path>\S+) "[^"]*" (?<status_code>\d+|-) (?<err>\S+) (?<bytes>\d+|-) \S+ (?<latency_ms>\d+|-)"#,
    accepts: [
      #"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be awsexamplebucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /awsexamplebucket1?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4""#
    ]),
  LogFormat(
    "cloudflare", "Cloudflare HTTP requests", "cloudflare, json, jsonl", role: .proxy,
    service: "cloudflare", marks: ["\"ClientRequestMethod\"", "\"EdgeResponseStatus\""],
    keys: [
      "edgestarttimestamp": .time, "clientip": .field(.address),
      "clientrequestmethod": .field(.operation), "clientrequesturi": .field(.target),
      "clientrequestuseragent": .field(.agent), "clientrequestreferer": .field(.referrer),
      "edgeresponsestatus": .httpStatus, "edgeresponsebytes": .bytes, "rayid": .field(.requestID),
      "edgeendtimestamp": .time, "clientrequesthost": .field(.service),
    ],
    accepts: [
      #"{"ClientIP":"203.0.113.7","ClientRequestHost":"www.example.com","ClientRequestMethod":"GET","ClientRequestURI":"/","EdgeEndTimestamp":"2022-10-30T00:00:02Z","EdgeResponseStatus":301,"EdgeStartTimestamp":"2022-10-30T00:00:02Z"}"#
    ]),
  LogFormat(
    "gcp", "Google Cloud Logging entries", "gcp, stackdriver, json, jsonl",
    marks: ["\"logName\"", "\"insertId\""],
    keys: [
      "textpayload": .field(.message), "httprequest.remoteip": .field(.address),
      "httprequest.requestmethod": .field(.operation), "httprequest.requesturl": .field(.target),
      "httprequest.status": .httpStatus, "httprequest.useragent": .field(.agent),
      "httprequest.latency": .latency(1_000_000), "jsonpayload.message": .field(.message),
      "resource.labels.pod_name": .field(.host),
      "resource.labels.container_name": .field(.service), "receivetimestamp": .ignored,
    ],
    accepts: [
      #"{"insertId":"1x","logName":"projects/p/logs/stdout","severity":"ERROR","textPayload":"boom","timestamp":"2022-10-30T00:00:02Z"}"#
    ]),
  LogFormat(
    "litespeed", "LiteSpeed error log", "litespeed, openlitespeed, error log", role: .server,
    service: "litespeed", marks: ["["],
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) \[(?<level>[A-Z]+)\] (?:\[\d+\] )?(?:\[T\d+\] )?(?:\[(?<ip>\d+\.\d+\.\d+\.\d+):\d+[^\]]*\] )?(?<msg>.*)$"#,
    accepts: [
      "2022-06-08 20:44:57.123456 [NOTICE] [1234] [T0] [203.0.113.7:55555-0#host] bot detected"
    ]),
  LogFormat(
    "zoraxy", "Zoraxy reverse proxy", "zoraxy, access log", role: .proxy, service: "zoraxy",
    marks: ["[router:", "[origin:"],
    pattern:
      #"^(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )?\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\] \[router:[^\]]*\] \[origin:(?<service>[^\]]*)\] \[client: (?<ip>[^\]]*)\] \[useragent: (?<agent>[^\]]*)\] (?<method>[A-Z]+) (?<path>\S+) (?<status_code>\d+)"#,
    accepts: [
      "2025/05/01 07:57:03 [2025-05-01 07:57:03.150624] [router:host-http] [origin:a.example] [client: 203.0.113.7] [useragent: curl/8] POST /xmlrpc.php 404"
    ]),
  LogFormat(
    "apache-iso-access", "access log with its time in front", "access log, web access",
    role: .server, service: "web", marks: ["HTTP/"], rank: 7,
    pattern:
      #"^\[?(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s\]]*)\]? (?<ip>(?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]{6,39}) .{0,120}?"(?<method>[A-Z]{3,7}) (?<path>\S+) HTTP/[\d.]+" (?<status_code>\d{3})(?: (?<bytes>\d+))?"#,
    accepts: [#"2010-12-22T16:03:11Z 203.0.113.7 - - "GET /a HTTP/1.1" 200 512"#]),
  LogFormat(
    "gin", "Gin (Go) request log", "gin, go, access log", role: .server, service: "gin",
    marks: ["[GIN]"],
    pattern:
      #"^\[GIN\] (?<time>\d{4}/\d\d/\d\d - \d\d:\d\d:\d\d) \| +(?<status_code>\d{3}) \| +(?<latency_ms>[\d.]+\S+) \| +(?<ip>\S+) \| +(?<method>[A-Z]+) +"?(?<path>[^"\s]+)"#,
    accepts: [
      "[GIN] 2023/08/25 - 21:44:01 | 200 |     1.2345ms |     203.0.113.7 | GET      \"/ping\""
    ]),
  LogFormat(
    "filebrowser", "File Browser", "filebrowser, go log", role: .server, service: "filebrowser",
    marks: [": "],
    pattern:
      #"^(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) (?<path>/\S*): (?<status_code>\d{3}) (?<ip>[0-9a-fA-F.:]+) (?<msg>.*)$"#,
    accepts: ["2025/03/15 12:31:17 /api/login: 403 203.0.113.7 <nil>"]),
]
