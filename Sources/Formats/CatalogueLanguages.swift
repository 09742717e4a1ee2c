import Records

/// What programming languages' logging libraries write.
///
/// Sources: the manuals of logrus, zap, zerolog, pino, bunyan, winston, Serilog, Elastic Common
/// Schema, GELF 1.1, the OpenTelemetry protocol, Log4j 2, Logback, Python's logging, Ruby's Logger,
/// Rust's env_logger and tracing, java.util.logging, Monolog.
let languageCatalogue: [LogFormat] = [
  LogFormat(
    "bunyan", "bunyan (Node.js)", "bunyan, json, jsonl", role: .server,
    marks: ["\"hostname\":", "\"pid\":", "\"v\":", "\"level\":"],
    accepts: [
      #"{"name":"myapp","hostname":"web1","pid":1,"level":30,"msg":"hi","time":"2013-01-04T18:46:23.851Z","v":0}"#
    ]),
  LogFormat(
    "pino", "pino (Node.js)", "pino, json, jsonl", role: .server,
    marks: ["\"level\":", "\"pid\":", "\"hostname\":", "\"time\":1"], rank: 7,
    accepts: [
      #"{"level":30,"time":1531171074631,"pid":657,"hostname":"web1","msg":"hello world"}"#
    ]),
  LogFormat(
    "winston", "winston (Node.js)", "winston, json, jsonl", role: .server,
    marks: ["\"level\":\"", "\"message\":", "\"timestamp\":"], rank: 7,
    accepts: [
      #"{"level":"info","message":"hello","timestamp":"2013-01-04T18:46:23.851Z"}"#
    ]),
  LogFormat(
    "zap", "zap (Go)", "zap, json, jsonl", role: .server,
    marks: ["\"level\":\"", "\"ts\":", "\"caller\":", "\"msg\":"],
    accepts: [
      #"{"level":"info","ts":1646861401.5241024,"caller":"app/main.go:12","msg":"started"}"#
    ]),
  LogFormat(
    "zerolog", "zerolog (Go)", "zerolog, json, jsonl", role: .server,
    marks: ["\"level\":\"", "\"time\":", "\"message\":"], rank: 7,
    accepts: [#"{"level":"debug","time":1516134303,"message":"hello world"}"#]),
  LogFormat(
    "logrus", "logrus (Go), JSON", "logrus, json, jsonl", role: .server,
    marks: ["\"level\":\"", "\"time\":\"", "\"msg\":"], rank: 7,
    accepts: [#"{"level":"info","msg":"hello","time":"2014-03-10T19:57:38.562264131-04:00"}"#]),
  LogFormat(
    "slog", "log/slog (Go), JSON", "slog, json, jsonl", role: .server,
    marks: ["\"time\":\"", "\"level\":\"INFO\"", "\"msg\":"],
    accepts: [#"{"time":"2023-08-25T21:44:01.123Z","level":"INFO","msg":"hello","count":3}"#]),
  LogFormat(
    "ecs", "Elastic Common Schema", "ecs, elastic common schema, json, jsonl", role: .server,
    marks: ["\"@timestamp\":", "ecs.version"], rank: 9,
    accepts: [
      #"{"@timestamp":"2021-03-03T19:26:38.616Z","log.level":"INFO","message":"x","ecs.version":"1.2.0","service.name":"shop"}"#
    ]),
  LogFormat(
    "serilog", "Serilog compact JSON (CLEF)", "serilog, clef, json, jsonl", role: .server,
    marks: ["\"@t\":", "\"@m"], rank: 9,
    accepts: [
      #"{"@t":"2016-06-07T03:44:57.8532799Z","@mt":"Hello, {User}","User":"nblumhardt","@l":"Warning"}"#
    ]),
  LogFormat(
    "gelf", "GELF", "gelf, graylog, json", role: .server,
    marks: ["\"version\":", "\"short_message\":", "\"host\":"], rank: 9,
    keys: ["_ip": .field(.address), "_user": .field(.user), "version": .ignored],
    accepts: [
      #"{"version":"1.1","host":"a.example","short_message":"boom","timestamp":1385053862.3072,"level":3}"#
    ]),
  LogFormat(
    "otlp-json", "OpenTelemetry logs, OTLP JSON", "otel, otlp, opentelemetry, json", role: .server,
    marks: ["\"resourceLogs\"", "\"logRecords\""], rank: 10,
    keys: [
      "resourcelogs.scopelogs.logrecords.timeunixnano": .time,
      "resourcelogs.scopelogs.logrecords.severitytext": .level,
      "resourcelogs.scopelogs.logrecords.body.stringvalue": .field(.message),
      "resourcelogs.scopelogs.logrecords.traceid": .field(.requestID),
      "resourcelogs.scopelogs.scope.name": .field(.service),
    ],
    accepts: [
      #"{"resourceLogs":[{"scopeLogs":[{"scope":{"name":"pay"},"logRecords":[{"timeUnixNano":"1700000000000000000","severityText":"INFO","body":{"stringValue":"x"}}]}]}]}"#
    ]),
  LogFormat(
    "log4j-json", "Log4j 2 JSON layout", "log4j json, log4j, json, jsonl", role: .server,
    marks: ["\"epochSecond\"", "\"nanoOfSecond\""], rank: 9,
    accepts: [
      #"{"instant":{"epochSecond":1663977609,"nanoOfSecond":484000000},"thread":"main","level":"INFO","loggerName":"a.B","message":"x"}"#
    ]),
  LogFormat(
    "audiobookshelf", "Audiobookshelf", "audiobookshelf, json", role: .server,
    service: "audiobookshelf", marks: ["\"levelName\"", "\"source\""],
    keys: ["levelname": .level, "level": .ignored, "source": .ignored],
    accepts: [
      #"{"timestamp":"2024-11-13 11:03:31.784","source":"Auth.js:888","message":"[Auth] Failed login attempt for username \"test\" from ip 203.0.113.7","levelName":"ERROR","level":4}"#
    ]),
  LogFormat(
    "spring-boot", "Spring Boot", "spring, spring boot, logback, log4j, java", role: .server,
    joins: true, marks: [" --- ["], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,]\d+(?:Z|[+-]\d\d:\d\d)?) +(?<level>[A-Z]+) (?:\[[^\]]*\] )?\d+ --- (?:\[[^\]]*\] ){1,2}(?<service>\S+) *: (?<msg>.*)$"#,
    accepts: [
      "2021-03-03 19:26:38.616  INFO 1234 --- [           main] o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat started on port(s): 8080"
    ]),
  LogFormat(
    "java-util-logging", "java.util.logging, two lines a record",
    "java util logging, jul, tomcat, java",
    role: .server, joins: true, rank: 8,
    pattern:
      #"^(?<time>[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M) (?<service>[\w.$]+)(?: (?<msg>.*))?$"#,
    accepts: [
      "Mar 03, 2021 7:26:38 PM org.apache.catalina.core.StandardService startInternal\nINFO: Starting service Tomcat"
    ]),
  LogFormat(
    "tomcat", "Tomcat catalina.out", "tomcat, catalina, java", role: .server, service: "tomcat",
    joins: true, rank: 8,
    pattern:
      #"^(?<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d+) (?<level>[A-Z]+) \[(?<thread_name>[^\]]*)\] (?<service>\S+) (?<msg>.*)$"#,
    accepts: [
      "03-Mar-2021 19:26:38.616 SEVERE [main] org.apache.catalina.core.StandardService.initInternal Failed to initialize connector"
    ]),
  LogFormat(
    "log4j-pipes", "fields between bars: time | level | thread | logger | text",
    "log4j, logback, java, timestamped", role: .server, joins: true, rank: 6,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?) *\| *(?<level>[A-Za-z]{4,8}) *\| *(?:[^|]{0,60}\| *){0,3}(?<msg>.*)$"#,
    accepts: ["2021-03-03 19:26:38.616 | ERROR | main | a.b.C | boom"]),
  LogFormat(
    "python-logging", "Python logging: time - logger - level - text",
    "python, python logging, timestamped", role: .server, joins: true, rank: 7,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:,\d+)?) - (?<service>[\w.-]+) - (?<level>[A-Z]+) - (?<msg>.*)$"#,
    accepts: ["2021-03-03 19:26:38,616 - my.module - WARNING - something"]),
  LogFormat(
    "odoo", "Odoo", "odoo, python", role: .server, service: "odoo", joins: true, rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) \d+ (?<level>[A-Z]+) (?<target>\S+) (?<service>odoo[\w.]*): (?<msg>.*)$"#,
    accepts: [
      "2022-04-05 14:40:34,644 1 INFO odoo odoo.addons.base.models.res_users: Login failed for db:odoo login:a@b.example from 203.0.113.7"
    ]),
  LogFormat(
    "openstack", "OpenStack", "openstack, nova, python", role: .server, rank: 8,
    pattern:
      #"^(?:\S+\.log\S* )?(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) \d+ (?<level>[A-Z]+) (?<service>[\w.]+) (?:\[(?:(?<request_id>req-[\w-]+)[^\]]*|-)\] )?(?<msg>.*)$"#,
    accepts: [
      "nova-api.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 25746 INFO nova.osapi_compute.wsgi.server [req-38101a0b-2096-447d-96ea-a692162415ae 113d3a99c3da401fbd62cc2caa5b96d2 - - -] 10.11.10.1 \"GET /v2/servers HTTP/1.1\" status: 200"
    ]),
  LogFormat(
    "vdsm", "oVirt VDSM", family: "vdsm, timestamped, python", role: .server, service: "vdsm",
    framer: StartLineFramer(begins: { find("::", in: $0, from: 0, to: min($0.count, 64)) != nil }),
    parser: PatternParser(
      #"^(?<thread_name>[\w-]+)::(?<level>[A-Z]+)::(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+)::(?<service>\w+)::\d+::(?<msg>.*)$"#
    ), marks: ["::"], rank: 8,
    accepts: ["Thread-13::DEBUG::2011-12-05 07:04:56,101::clientIF::77::vds::starting"],
    refuses: ["hello"]),
  LogFormat(
    "ruby-logger", "Ruby Logger and Rails", "ruby, rails", role: .server, joins: false, rank: 8,
    pattern:
      #"^(?<letter>[DIWEFA]), \[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+) +#\d+\] +(?<level>[A-Z]+) -- (?<service>[^:]*): (?<msg>.*)$"#,
    accepts: [
      "I, [2021-03-03T19:26:38.616123 #1234]  INFO -- : Started GET \"/\" for 203.0.113.7 at 2021-03-03"
    ]),
  LogFormat(
    "env-logger", "env_logger (Rust)", "env logger, rust", role: .server, rank: 7,
    pattern:
      #"^\[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) (?<level>[A-Z]+) +(?<service>[\w:]+)\] (?<msg>.*)$"#,
    accepts: ["[2021-03-03T19:26:38Z WARN  app::net] connection lost"]),
  LogFormat(
    "tracing", "tracing-subscriber (Rust)", "tracing, rust", role: .server, rank: 7,
    pattern:
      #"^(?:\e\[\d+m)?(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)(?:\e\[0m)? +(?:\e\[\d+m ?)?(?<level>[A-Z]{4,5})(?:\e\[0m)? (?:[\w-]+\{[^}]*\}:? ?)*(?:\e\[\d+m)?(?<service>[\w:]+)(?:\e\[0m)?(?:\e\[\d+m)?:(?:\e\[0m)? (?<msg>.*)$"#,
    accepts: ["2021-03-03T19:26:38.616123Z  INFO my_crate::server: listening addr=0.0.0.0:80"]),
  LogFormat(
    "monolog", "Monolog (PHP), Laravel, Symfony", "monolog, laravel, symfony, php", role: .server,
    joins: true, rank: 8,
    pattern:
      #"^\[(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d)?)\] (?<service>[\w.-]+)\.(?<level>[A-Z]+): (?<msg>.*)$"#,
    accepts: ["[2021-03-03 19:26:38] production.ERROR: SQLSTATE[HY000] [2002] Connection refused"]),
  LogFormat(
    "php-fpm", "PHP-FPM and PHP error log", "php-fpm, php fpm, php", role: .server, service: "php",
    joins: true, rank: 8,
    pattern:
      #"^\[(?<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d)(?: [\w/]+)?\] (?:(?<level>NOTICE|WARNING|ERROR|ALERT|DEBUG): |PHP )?(?<msg>.*)$"#,
    accepts: [
      "[03-Mar-2021 19:26:38] WARNING: [pool www] server reached pm.max_children setting (5)"
    ]),
  LogFormat(
    "go-log", "Go's log package", "go, go log, timestamped", role: .server, rank: 4,
    pattern:
      #"^(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)?) (?:\[(?<level>\w+)\] )?(?:(?<caller>[\w./-]+\.go:\d+): )?(?<msg>.*)$"#,
    accepts: ["2021/03/03 19:26:38 main.go:12: listening on :8080", "2021/03/03 19:26:38 hello"]),
  LogFormat(
    "dotnet", "NLog and log4net", "nlog, log4net, dotnet, timestamped", role: .server,
    joins: true, rank: 7,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{4})\|(?<level>[A-Z]+)\|(?<service>[^|]*)\|(?<msg>.*)$"#,
    accepts: ["2021-03-03 19:26:38.6161|ERROR|Shop.Web.Startup|boom"]),
  LogFormat(
    "serilog-text", "Serilog and Microsoft.Extensions.Logging, text",
    "serilog text, dotnet, timestamped",
    role: .server, joins: true, rank: 7,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d) \[(?<level>[A-Z]{3})\] (?<msg>.*)$"#,
    accepts: ["2021-03-03 19:26:38.616 +01:00 [ERR] boom"]),
  LogFormat(
    "home-assistant", "Home Assistant", "home assistant, homeassistant, hass, python",
    role: .server,
    joins: true, marks: [" ("], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) (?<level>[A-Z]+) \((?<thread_name>[^)]*)\) \[(?<service>[\w.]+)\] (?<msg>.*)$"#,
    accepts: [
      "2021-12-12 12:32:19 WARNING (MainThread) [homeassistant.components.http.ban] Login attempt or request with invalid authentication from a.example (203.0.113.7)"
    ]),
  LogFormat(
    "zimbra", "Zimbra mailbox log", "zimbra, log4j", role: .server, service: "zimbra", joins: true,
    marks: ["oip="], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) (?<level>[A-Z]+) +\[(?<thread_name>[^\]]*)\] \[(?:[^\]]*?name=(?<user>[^;\]]+))?[^\]]*?oip=(?<ip>[^;\]]+)[^\]]*\] (?<service>\w+) - (?<msg>.*)$"#,
    accepts: [
      "2021-03-03 19:26:38,616 INFO  [qtp93314457-137:https://a.example/service] [name=a@b.example;oip=203.0.113.7;port=52016;] SoapEngine - handler exception: authentication failed for [a@b.example], invalid password"
    ]),
  LogFormat(
    "cas-audit", "Apereo CAS audit trail", "cas, apereo, inspektr, log4j", role: .server,
    service: "cas", joins: true, marks: ["inspektr"], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) (?<level>[A-Z]+) \[(?<service>[\w.]*inspektr[\w.]*)\] - (?<msg>.*?\|(?<operation>[A-Z_]+)\|(?<user>[^|]*)\|(?<ip>[^|]*)\|[^|]*)$"#,
    accepts: [
      "2021-10-11 09:01:35,116 INFO [org.apereo.inspektr.audit.support.Slf4jLoggingAuditTrailManager] - Mon Oct 11 09:01:35 CEST 2021|CAS|Supplied credentials: [x]|AUTHENTICATION_FAILED|john|203.0.113.7|192.0.2.2"
    ]),
]
