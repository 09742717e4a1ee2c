import Records

/// Databases, queues and search engines.
///
/// Sources: the log chapters of PostgreSQL, MySQL, MariaDB, Redis, MongoDB, Elasticsearch,
/// Cassandra, RabbitMQ, ClickHouse, CouchDB, Hadoop, Spark, SQL Server.
let storeCatalogue: [LogFormat] = [
  LogFormat(
    "postgresql", "PostgreSQL server log", "postgres, postgresql", role: .server,
    service: "postgresql", joins: true, marks: [":  "], rank: 9,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Z+0-9-]+)[: ]?(?:(?<ip>\d+\.\d+\.\d+\.\d+)\(\d+\))?.{0,90}?(?:(?<user>[\w.-]+)@(?<target>[\w.-]+))?[^A-Z]{0,60}(?<level>LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG\d?|DETAIL|HINT|CONTEXT|STATEMENT|QUERY): +(?<msg>.*?(?:duration: (?<latency_ms>[\d.]+) ms.*)?)$"#,
    accepts: [
      "2025-08-13 01:45:01.123 PDT [12345] LOG:  starting PostgreSQL 15.4",
      "2023-03-12 11:17:28.425 UTC [77] app@shop FATAL:  password authentication failed for user \"app\"",
    ]),
  LogFormat(
    "mysql-error", "MySQL error log", "mysql, mysql error, mysqld", role: .server, service: "mysql",
    joins: true, marks: ["[MY-"], rank: 9,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)) \d+ \[(?<level>\w+)\] \[(?<code_word>MY-\d+)\] \[(?<service>\w+)\] (?<msg>.*)$"#,
    accepts: [
      "2020-08-06T14:25:02.835618Z 0 [Note] [MY-012487] [InnoDB] DDL log recovery : begin"
    ]),
  LogFormat(
    "mariadb-error", "MariaDB or older MySQL error log", "mariadb, mysql, mysql error, mysqld",
    role: .server, service: "mariadb", joins: true, marks: ["["], rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d[ T][ \d]\d:\d\d:\d\d(?:\.\d+Z?)?|\d{6} [ \d]\d:\d\d:\d\d) (?:\d+ )?\[(?<level>Note|Warning|ERROR|System)\] (?<msg>.*)$"#,
    accepts: [
      "2021-11-09  5:13:12 10 [Warning] Access denied for user 'root'@'203.0.113.7' (using password: YES)"
    ]),
  LogFormat(
    "mysql-slow", "MySQL slow query log", family: "mysql slow, mysql, slow query", role: .server,
    service: "mysql", framer: StartLineFramer(begins: { has("# Time: ", in: $0, at: 0) }),
    parser: SlowQueryParser(), marks: ["# Time: ", "# Query_time: "], rank: 10,
    accepts: [
      "# Time: 2021-01-26T23:45:57.678222Z\n# User@Host: app[app] @ web1 [203.0.113.7]  Id:    11\n# Query_time: 2.000145  Lock_time: 0.000000 Rows_sent: 1  Rows_examined: 0\nselect sleep(2);"
    ], refuses: ["hello"]),
  LogFormat(
    "redis", "Redis server log", "redis", role: .server, service: "redis", rank: 9,
    pattern:
      #"^\d+:(?<role_letter>[XCSM]) (?<time>\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d+) (?<mark>[.\-*#]) (?<msg>.*)$"#,
    accepts: ["1:M 27 Mar 2023 10:11:12.123 * Ready to accept connections"]),
  LogFormat(
    "mongodb", "MongoDB 4.4 and later", "mongodb, mongo, mongod, json", role: .server,
    service: "mongodb", marks: ["\"$date\"", "\"ctx\""], rank: 9,
    keys: [
      "t.$date": .time, "s": .level, "c": .field(.service), "attr.remote": .field(.address),
      "attr.principalname": .field(.user), "attr.durationmillis": .latency(1000),
      "attr.error": .field(.reason),
    ],
    accepts: [
      #"{"t":{"$date":"2026-03-10T20:58:09.401+00:00"},"s":"I",  "c":"NETWORK",  "id":22943,   "ctx":"listener","msg":"Connection accepted","attr":{"remote":"203.0.113.7:56982"}}"#
    ]),
  LogFormat(
    "mongodb-text", "MongoDB before 4.4", "mongodb, mongo, mongod", role: .server,
    service: "mongodb", rank: 9,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d{4}) (?<level>[FEWIDS]) (?<service>[A-Z]+) +\[(?<thread_name>[^\]]+)\] (?<msg>.*)$"#,
    accepts: [
      "2018-03-03T19:26:38.616+0100 I NETWORK  [listener] connection accepted from 203.0.113.7:5000 #1"
    ]),
  LogFormat(
    "elasticsearch", "Elasticsearch or OpenSearch server log", "elasticsearch, opensearch, log4j",
    role: .server, service: "elasticsearch", joins: true, marks: ["]["], rank: 9,
    pattern:
      #"^\[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d+)\]\[(?<level>[A-Z]+) *\]\[(?<service>[\w.]+) *\] (?:\[(?<host>[^\]]+)\] ?)?(?<msg>.*)$"#,
    accepts: [
      "[2021-03-03T19:26:38,616][WARN ][o.e.c.r.a.DiskThresholdMonitor] [node-1] high disk watermark exceeded"
    ]),
  LogFormat(
    "cassandra", "Apache Cassandra", "cassandra, log4j", role: .server, service: "cassandra",
    joins: true, rank: 9,
    pattern:
      #"^(?<level>[A-Z]+) +\[(?<thread_name>[^\]]+)\] (?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) (?<service>\w+)\.java:\d+ - (?<msg>.*)$"#,
    accepts: [
      "INFO  [main] 2021-03-03 19:26:38,616 StorageService.java:1234 - Node is now part of the cluster"
    ]),
  LogFormat(
    "rabbitmq", "RabbitMQ 3.7 and later", "rabbitmq", role: .server, service: "rabbitmq",
    joins: true, marks: ["<0."], rank: 9,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+(?:[+-]\d\d:\d\d)?) \[(?<level>\w+)\] <[\d.]+> (?<msg>.*)$"#,
    accepts: ["2021-03-03 19:26:38.616 [error] <0.1234.0> closing AMQP connection <0.1234.0>"]),
  LogFormat(
    "clickhouse", "ClickHouse server log", "clickhouse", role: .server, service: "clickhouse",
    joins: true, marks: ["<"], rank: 9,
    pattern:
      #"^(?<time>\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d\.\d+) \[ \d+ \] \{[^}]*\} <(?<level>\w+)> (?<service>[^:]+): (?<msg>.*)$"#,
    accepts: [
      "2021.03.03 19:26:38.616123 [ 77 ] {} <Error> TCPHandler: Code: 516, e.displayText() = DB::Exception"
    ]),
  LogFormat(
    "couchdb", "Apache CouchDB", "couchdb", role: .server, service: "couchdb", marks: ["@"],
    rank: 9,
    pattern:
      #"^(?:\S+ +\| )?\[(?<level>\w+)\] (?<time>\d{4}-\d\d-\d\dT[\d:.]+Z) (?<host>\S+) <[\d.]+> (?:(?<request_id>\S+) )?(?<msg>.*?(?:(?<ip>\d+\.\d+\.\d+\.\d+) (?<user>\S+) (?<method>[A-Z]+) (?<path>\S+) (?<status_code>\d{3}) \S+ (?<latency_ms>\d+))?)$"#,
    accepts: [
      "[notice] 2024-01-20T13:54:06.579985Z nonode@nohost <0.354.0> f4ba localhost:5984 203.0.113.7 undefined POST /_session 401 ok 3"
    ]),
  LogFormat(
    "hdfs", "Hadoop HDFS, older layout", "hdfs, hadoop, log4j", role: .server, rank: 8,
    pattern:
      #"^(?<time>\d{6} \d{6}) \d+ (?<level>[A-Z]+) (?<service>[\w.$]+): (?<msg>.*)$"#,
    accepts: [
      "081109 203518 143 INFO dfs.DataNode$DataXceiver: Receiving block blk_-160 src: /10.250.19.102:54106"
    ]),
  LogFormat(
    "spark", "Apache Spark", "spark, log4j", role: .server, joins: true, rank: 8,
    pattern:
      #"^(?<time>\d\d/\d\d/\d\d \d\d:\d\d:\d\d) (?<level>[A-Z]+) (?<service>[\w.$]+): (?<msg>.*)$"#,
    accepts: ["17/06/09 20:10:40 INFO executor.CoarseGrainedExecutorBackend: Registered signal"]),
  LogFormat(
    "zookeeper", "Apache ZooKeeper", "zookeeper, log4j, timestamped", role: .server,
    service: "zookeeper", joins: true, marks: ["[myid:"], rank: 8,
    pattern:
      #"^(?:\S+ source=\S+ )?(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) \[myid:[^\]]*\] - (?<level>[A-Z]+) +\[(?<thread_name>.*?)\] - (?<msg>.*)$"#,
    accepts: [
      "2015-07-29 17:41:44,747 [myid:3] - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification time out: 3200"
    ]),
  LogFormat(
    "sqlserver", "Microsoft SQL Server error log", "sqlserver, mssql, errorlog", role: .server,
    service: "sqlserver", joins: true, rank: 8,
    pattern:
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d) (?<thread_name>Server|Logon|Backup|spid\d+\w?) +(?<msg>.*)$"#,
    accepts: [
      "2021-03-03 19:26:38.61 Logon       Login failed for user 'sa'. Reason: Password did not match. [CLIENT: 203.0.113.7]"
    ]),
  LogFormat(
    "influxdb", "InfluxDB", family: "influxdb, logfmt", role: .server, service: "influxdb",
    parser: LogfmtParser(), marks: ["ts=", "lvl=", "log_id="], rank: 8,
    accepts: ["ts=2021-03-03T19:26:38.616Z lvl=info msg=\"Opened shard\" log_id=0Sk4 engine=tsm1"],
    refuses: ["hello"]),
  LogFormat(
    "etcd", "etcd", "etcd, zap, json", role: .server, service: "etcd",
    marks: ["\"caller\":\"", "\"ts\":\"", "etcd"],
    accepts: [
      #"{"level":"warn","ts":"2021-03-03T19:26:38.616Z","caller":"etcdserver/util.go:163","msg":"apply request took too long","took":"150ms"}"#
    ], refuses: ["hello"]),
]
