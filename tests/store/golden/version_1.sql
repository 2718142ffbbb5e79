-- A database as version 1 wrote it: one row in each table.
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1398034263;
PRAGMA user_version = 1;
CREATE TABLE "metadata" (key INTEGER PRIMARY KEY, name TEXT, value TEXT) STRICT;
INSERT INTO "metadata" VALUES (1, 'name', 'value');
CREATE TABLE "cluster" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, name TEXT,
  status INTEGER, created_at INTEGER, tags TEXT) STRICT;
INSERT INTO "cluster" VALUES (1, '123456789012', 'us-east-1', 'name', 1, 1700000000000, '[]');
CREATE TABLE "task_definition" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, family TEXT,
  revision INTEGER, status INTEGER, registered_at INTEGER, deregistered_at INTEGER,
  body TEXT) STRICT;
INSERT INTO "task_definition" VALUES (1, '123456789012', 'us-east-1', 'family', 1, 1,
  1700000000000, 1700000000000, 'body');
CREATE TABLE "service" (key INTEGER PRIMARY KEY, cluster INTEGER, name TEXT, status INTEGER,
  desired_count INTEGER, created_at INTEGER, deployments TEXT, body TEXT) STRICT;
INSERT INTO "service" VALUES (1, 1, 'name', 1, 1, 1700000000000, 'deployments', 'body');
CREATE TABLE "service_event" (key INTEGER PRIMARY KEY, service INTEGER, id TEXT,
  created_at INTEGER, message TEXT) STRICT;
INSERT INTO "service_event" VALUES (1, 1, 'id', 1700000000000, 'message');
CREATE TABLE "instance" (key INTEGER PRIMARY KEY, id TEXT, account TEXT, region TEXT,
  cluster INTEGER, status INTEGER, identity_hash TEXT, boot_id TEXT, registered_at INTEGER,
  version INTEGER, connected INTEGER, inventory TEXT) STRICT;
INSERT INTO "instance" VALUES (1, 'id', '123456789012', 'us-east-1', 1, 1, 'identity_hash',
  'boot_id', 1700000000000, 1, 1, 'inventory');
CREATE TABLE "vpc" (key INTEGER PRIMARY KEY, id TEXT, account TEXT, region TEXT, cidr TEXT,
  is_default INTEGER) STRICT;
INSERT INTO "vpc" VALUES (1, 'id', '123456789012', 'us-east-1', 'cidr', 1);
CREATE TABLE "subnet" (key INTEGER PRIMARY KEY, id TEXT, vpc TEXT, cidr TEXT,
  availability_zone TEXT, vni INTEGER, is_default INTEGER) STRICT;
INSERT INTO "subnet" VALUES (1, 'id', 'vpc', 'cidr', 'availability_zone', 1, 1);
CREATE TABLE "security_group" (key INTEGER PRIMARY KEY, id TEXT, vpc TEXT, name TEXT) STRICT;
INSERT INTO "security_group" VALUES (1, 'id', 'vpc', 'name');
CREATE TABLE "eni" (key INTEGER PRIMARY KEY, id TEXT, attachment TEXT, vpc TEXT, subnet TEXT,
  task TEXT, instance TEXT, mac TEXT, address INTEGER, public_address INTEGER,
  security_groups TEXT, private_dns_name TEXT, created_at INTEGER, released_at INTEGER) STRICT;
INSERT INTO "eni" VALUES (1, 'id', 'attachment', 'vpc', 'subnet', 'task', 'instance', 'mac', 1, 1,
  'security_groups', 'private_dns_name', 1700000000000, 1700000000000);
CREATE TABLE "task" (key INTEGER PRIMARY KEY, id TEXT, cluster INTEGER, service INTEGER,
  deployment INTEGER, definition INTEGER, created_at INTEGER, containers TEXT,
  specification TEXT) STRICT;
INSERT INTO "task" VALUES (1, 'id', 1, 1, 1, 1, 1700000000000, 'containers', 'specification');
CREATE TABLE "task_state" (key INTEGER PRIMARY KEY, instance INTEGER, eni TEXT,
  last_status INTEGER, desired_status INTEGER, health INTEGER, stop_code INTEGER, version INTEGER,
  placed_at INTEGER, pull_started_at INTEGER, pull_stopped_at INTEGER, connectivity_at INTEGER,
  started_at INTEGER, stopping_at INTEGER, execution_stopped_at INTEGER, stopped_at INTEGER,
  availability_zone TEXT, stopped_reason TEXT, containers TEXT) STRICT;
INSERT INTO "task_state" VALUES (1, 1, 'eni', 1, 1, 1, 1, 1, 1700000000000, 1700000000000,
  1700000000000, 1700000000000, 1700000000000, 1700000000000, 1700000000000, 1700000000000,
  'availability_zone', 'stopped_reason', 'containers');
CREATE TABLE "usage" (key INTEGER PRIMARY KEY, task TEXT, account TEXT, region TEXT, cluster TEXT,
  service TEXT, family TEXT, revision INTEGER, cpu INTEGER, memory INTEGER, last_sequence INTEGER,
  metered_ns INTEGER, monotonic_covered_ns INTEGER, missing_readings INTEGER,
  first_reading_at INTEGER, last_reading_at INTEGER, cpu_time_ns INTEGER,
  memory_byte_seconds INTEGER, memory_peak_bytes INTEGER, closed INTEGER) STRICT;
INSERT INTO "usage" VALUES (1, 'task', '123456789012', 'us-east-1', 'cluster', 'service',
  'family', 1, 1, 1, 1, 1, 1, 1, 1700000000000, 1700000000000, 1, 1, 1, 1);
CREATE TABLE "token" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, token TEXT,
  request_hash TEXT, tasks TEXT, created_at INTEGER) STRICT;
INSERT INTO "token" VALUES (1, '123456789012', 'us-east-1', 'token', 'request_hash', 'tasks',
  1700000000000);
CREATE TABLE "event" (key INTEGER PRIMARY KEY, at INTEGER, account TEXT, region TEXT, kind TEXT,
  subject TEXT, detail TEXT) STRICT;
INSERT INTO "event" VALUES (1, 1, '123456789012', 'us-east-1', 'kind', 'subject', 'detail');
CREATE TABLE "meter" (key INTEGER PRIMARY KEY, task INTEGER, sequence INTEGER,
  monotonic_start_ns INTEGER, monotonic_end_ns INTEGER, wall_start INTEGER, wall_end INTEGER,
  cpu_time_ns INTEGER, memory_byte_seconds INTEGER, memory_peak_bytes INTEGER,
  last INTEGER) STRICT;
INSERT INTO "meter" VALUES (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
