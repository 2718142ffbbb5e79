-- The checkpoint of an agent as format 1 is written since containers have health checks and are
-- restarted. An agent of any later version must read it.
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE assignments (task TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE progress (task TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE meters (
  task TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (task, sequence)) WITHOUT ROWID;
CREATE TABLE network (
  kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
INSERT INTO about VALUES ('boot_id', 'boot-1');
INSERT INTO about VALUES ('format', '1');
INSERT INTO about VALUES ('starts', '1');
INSERT INTO assignments VALUES ('000000000000000167ec8e65a18debbe', '{"id":"000000000000000167ec8e65a18debbe","arn":"arn:aws:ecs:us-east-1:123456789012:task/default/000000000000000167ec8e65a18debbe","cluster_arn":"arn:aws:ecs:us-east-1:123456789012:cluster/default","scope":{},"family":"web","revision":1,"launch_type":"ec2","network_mode":"awsvpc","desired_status":"running","cpu_limit":256,"memory_limit":512,"metered":true,"containers":[{"id":"00000000-0000-0008-f4eb-0bef0a18f901","definition":{"name":"setup","image":"registry:5000/setup:1","cpu":0,"essential":false,"readonly_root_filesystem":false,"privileged":false}},{"id":"00000000-0000-0005-c927-a659c2017401","definition":{"name":"web","image":"registry:5000/web:1","cpu":0,"essential":true,"depends_on":[{"container_name":"setup","condition":"success"}],"readonly_root_filesystem":false,"privileged":false}}]}');
INSERT INTO meters VALUES ('000000000000000167ec8e65a18debbe', '2', '{"task":"000000000000000167ec8e65a18debbe","sequence":2,"monotonic_start_ns":1,"monotonic_end_ns":60000000001,"wall_start":1700000000000,"wall_end":1700000060000,"cpu_time_ns":11,"memory_byte_seconds":12,"memory_peak_bytes":13,"last":false}');
INSERT INTO network VALUES ('eni', 'eni-167ec8e65a18debbe', '{"id":"eni-167ec8e65a18debbe","vpc":"vpc-d99df5139b29d4172","subnet":"subnet-3f83697934d3197c0","task":"000000000000000167ec8e65a18debbe","address":"10.0.0.5"}');
INSERT INTO network VALUES ('neighbour', 'eni-e01787d4764a1a89c', '{"id":"eni-e01787d4764a1a89c","vpc":"vpc-d99df5139b29d4172","subnet":"subnet-3f83697934d3197c0","host_address":"198.18.1.2"}');
INSERT INTO network VALUES ('subnet', 'subnet-3f83697934d3197c0', '{"id":"subnet-3f83697934d3197c0","vpc":"vpc-d99df5139b29d4172","cidr":"10.0.0.0/24","vni":0}');
INSERT INTO progress VALUES ('000000000000000167ec8e65a18debbe', '{"eni":{"id":"eni-167ec8e65a18debbe","vpc":"vpc-d99df5139b29d4172","subnet":"subnet-3f83697934d3197c0","task":"000000000000000167ec8e65a18debbe","address":"10.0.0.5"},"containers":[{"progress":"stopped","exit_code":0,"runtime_id":"runtime-0","image_digest":"sha256:0","started_boot_ns":1000000000,"started_at":1700000001000,"finished_at":1700000001000,"restarts":0,"health":"unknown","health_exit_code":0},{"progress":"running","reason":"a reason","runtime_id":"runtime-1","image_digest":"sha256:1","stop_signal":"SIGQUIT","started_boot_ns":2000000000,"started_at":1700000001000,"restarts":2,"last_end":1700000001000,"health":"unhealthy","health_since":1700000001000,"health_exit_code":1,"health_output":"no answer"}],"status":"stopping","stop_code":"essential_container_exited","stopped_reason":"Essential container in task exited","pull_started_at":1700000001000,"pull_stopped_at":1700000001000,"started_at":1700000001000,"execution_stopped_at":1700000001000,"meter":{"phase":"open","next_sequence":3,"start":{"wall":1700000060000,"boot_ns":1060000000000},"cpu_ns_at_start":5,"memory_bytes_at_start":6,"memory_peak_at_start":7},"eni_attached":true,"stopping":true,"gone":false,"cleaned":false,"logs_dropped":false,"log_bytes":0}');
