-- A database as version 1 wrote it.
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1398034263;
PRAGMA user_version = 1;
CREATE TABLE "metadata" (key INTEGER PRIMARY KEY, name TEXT, value TEXT) STRICT;
INSERT INTO "metadata" VALUES (1, 'epoch', '1');
CREATE TABLE "cluster" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, name TEXT,
  status INTEGER, created_at INTEGER, tags TEXT) STRICT;
INSERT INTO "cluster" VALUES (1, '123456789012', 'us-east-1', 'c', 0, 1790000000000,
  '{"tags":[{"key":"k","value":"v"}]}');
INSERT INTO "cluster" VALUES (2, '123456789012', 'us-east-1', 'gone', 1, 1790000001000, '{}');
CREATE TABLE "task_definition" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, family TEXT,
  revision INTEGER, status INTEGER, registered_at INTEGER, deregistered_at INTEGER,
  body TEXT) STRICT;
INSERT INTO "task_definition" VALUES (1, '123456789012', 'us-east-1', 'web', 1, 0, 1790000003000, NULL,
  '{"key":1,"family":"web","revision":1,"status":"active","network_mode":"bridge","containers":[{"name":"main","image":"registry.local/web:1","command":["serve","80"],"entry_point":["/bin/probe"],"environment":[{"name":"GREETING","value":"grüß'' dich"}],"working_directory":"/srv","user":"1000:1000","cpu":128,"memory":128,"memory_reservation":64,"essential":true,"depends_on":[{"container_name":"side","condition":"start"}],"port_mappings":[{"container_port":80,"host_port":8080,"protocol":"tcp","name":"http","app_protocol":"http"},{"container_port":53,"host_port":5353,"protocol":"udp"}],"start_timeout_ms":20000,"stop_timeout_ms":5000,"readonly_root_filesystem":true,"docker_labels":{"label":"of docker"}},{"name":"side","image":"registry.local/side:1","cpu":64,"memory":64,"essential":false,"readonly_root_filesystem":false}],"compatibilities":["ec2"],"requires_compatibilities":["ec2"],"cpu_architecture":"X86_64","operating_system_family":"LINUX","tags":[{"key":"team","value":"a \"quoted\" value"}],"registered_at":1790000003000,"registered_by":"arn:aws:iam::123456789012:root"}');
INSERT INTO "task_definition" VALUES (2, '123456789012', 'us-east-1', 'web', 2, 0, 1790000004000, NULL,
  '{"key":2,"family":"web","revision":2,"status":"active","network_mode":"bridge","containers":[{"name":"main","image":"registry.local/web:2","cpu":128,"memory":128,"essential":true,"readonly_root_filesystem":false}],"compatibilities":["ec2"],"registered_at":1790000004000,"registered_by":"arn:aws:iam::123456789012:root"}');
INSERT INTO "task_definition" VALUES (3, '123456789012', 'us-east-1', 'web', 3, 1, 1790000005000,
  1790000007000,
  '{"key":3,"family":"web","revision":3,"status":"inactive","network_mode":"bridge","containers":[{"name":"main","image":"registry.local/web:2","cpu":128,"memory":128,"essential":true,"readonly_root_filesystem":false}],"compatibilities":["ec2"],"registered_at":1790000005000,"registered_by":"arn:aws:iam::123456789012:root","deregistered_at":1790000007000}');
INSERT INTO "task_definition" VALUES (4, '123456789012', 'us-east-1', 'job', 1, 0, 1790000006000, NULL,
  '{"key":4,"family":"job","revision":1,"status":"active","network_mode":"awsvpc","cpu":256,"memory":512,"containers":[{"name":"main","image":"registry.local/job:1","cpu":0,"essential":true,"readonly_root_filesystem":false}],"compatibilities":["ec2","fargate"],"requires_compatibilities":["fargate"],"registered_at":1790000006000,"registered_by":"arn:aws:iam::123456789012:root"}');
CREATE TABLE "service" (key INTEGER PRIMARY KEY, cluster INTEGER, name TEXT, status INTEGER,
  desired_count INTEGER, created_at INTEGER, deployments TEXT, body TEXT) STRICT;
INSERT INTO "service" VALUES (1, 1, 'web', 0, 2, 1790000009000,
  '{"deployments":[{"deployment":{"id":"ecs-svc/7552326866483609062","status":"primary","rollout_state":"in_progress","rollout_state_reason":"ECS deployment ecs-svc/7552326866483609062 in progress.","failed_tasks":0,"created_at":1790000018000,"updated_at":1790000018000,"throttle_delay_ms":0},"definition":2,"specification":{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}},{"deployment":{"id":"ecs-svc/1226008763869681327","status":"active","rollout_state":"in_progress","rollout_state_reason":"ECS deployment ecs-svc/1226008763869681327 in progress.","failed_tasks":0,"created_at":1790000009000,"updated_at":1790000018000,"throttle_delay_ms":0},"definition":1,"specification":{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":true}}]}',
  '{"key":1,"cluster":1,"name":"web","status":"active","scheduling_strategy":"replica","desired_count":2,"deployment_configuration":{"minimum_healthy_percent":50,"maximum_percent":150},"health_check_grace_period_s":0,"tags":[{"key":"s","value":"t"}],"enable_ecs_managed_tags":true,"propagate_tags":"SERVICE","client_token":"once","created_by":"arn:aws:iam::123456789012:root","created_at":1790000009000}');
INSERT INTO "service" VALUES (2, 1, 'jobs', 0, 1, 1790000010000,
  '{"deployments":[{"deployment":{"id":"ecs-svc/2000556317519771820","status":"primary","rollout_state":"in_progress","rollout_state_reason":"ECS deployment ecs-svc/2000556317519771820 in progress.","failed_tasks":0,"created_at":1790000010000,"updated_at":1790000010000,"throttle_delay_ms":0},"definition":4,"specification":{"overrides":{},"launch_type":"fargate","network":{"subnets":["subnet-a2c63dd28b74ebaf5","subnet-b306401a324990fdf"],"security_groups":["sg-df885eb1a6b905c8c"],"assign_public_ip":true},"platform_version":"1.4.0","group":"service:jobs","cpu":256,"memory":512,"enable_ecs_managed_tags":false}}]}',
  '{"key":2,"cluster":1,"name":"jobs","status":"active","scheduling_strategy":"replica","desired_count":1,"deployment_configuration":{"minimum_healthy_percent":100,"maximum_percent":200},"health_check_grace_period_s":0,"enable_ecs_managed_tags":false,"created_by":"arn:aws:iam::123456789012:root","created_at":1790000010000}');
CREATE TABLE "service_event" (key INTEGER PRIMARY KEY, service INTEGER, id TEXT, created_at INTEGER,
  message TEXT) STRICT;
INSERT INTO "service_event" VALUES (1, 1, '1d24d4fc-b97f-4f6a-b88a-448cca5a9cf8', 1790000009000,
  '(service web) has started 2 tasks: (task c72673da0c6a8c53359e9c4c0eb07e9e) (task ff90b8601c5b7c6c30ce495ddfd60ce7).');
INSERT INTO "service_event" VALUES (2, 2, 'c95f55cd-aa07-4aeb-809c-4b09d442cc61', 1790000010000,
  '(service jobs) has started 1 tasks: (task c895faefda4f1862d2d4de702ec55748).');
INSERT INTO "service_event" VALUES (3, 1, 'da362751-33cf-4e5e-8a4e-5051ef10cddf', 1790000018000,
  '(service web) has stopped 1 running tasks: (task c72673da0c6a8c53359e9c4c0eb07e9e).');
INSERT INTO "service_event" VALUES (4, 1, '430f3f8c-6dd1-42c7-bf23-dcc7e9f926fc', 1790000020000,
  '(service web) has started 1 tasks: (task b8659b3e8125cd6699c06552c4dea376).');
INSERT INTO "service_event" VALUES (5, 1, 'b68f5207-f6f5-4ef4-8e96-68bf06af395d', 1790000020000,
  '(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error "distinctInstance placement constraint unsatisfied.".');
CREATE TABLE "instance" (key INTEGER PRIMARY KEY, id TEXT, account TEXT, region TEXT,
  cluster INTEGER, status INTEGER, identity_hash TEXT, boot_id TEXT, registered_at INTEGER,
  version INTEGER, connected INTEGER, inventory TEXT) STRICT;
INSERT INTO "instance" VALUES (1, 'd70d3259e4e1cb631c663cf4d73c4c04', '123456789012', 'us-east-1', 1,
  0, 'identity-1', 'boot-1', 1790000008000, 1, 1,
  '{"cpu":4096,"memory":8192,"eni_capacity":100,"availability_zone":"us-east-1a","address":"198.18.0.1"}');
INSERT INTO "instance" VALUES (2, '022ab1ba804098e6cb293e6770eb3a95', '123456789012', 'us-east-1', 1,
  0, 'identity-2', 'boot-2', 1790000008000, 2, 1,
  '{"cpu":2048,"memory":4096,"eni_capacity":100,"availability_zone":"us-east-1b","address":"198.18.0.2","attributes":{"ecs.os-type":"linux","rack":"7"},"agent_version":"0.1.0","engine_version":"crun 1.8.1"}');
INSERT INTO "instance" VALUES (3, 'da211e6a663bd37311aabecb86beda3f', '123456789012', 'us-east-1', 0,
  0, 'identity-3', 'boot-1', 1790000008000, 1, 1,
  '{"cpu":4096,"memory":8192,"eni_capacity":100,"availability_zone":"us-east-1a","address":"198.18.0.3","public_cidr":"198.19.0.48/28"}');
INSERT INTO "instance" VALUES (4, 'f6d0c233a1c4cb77febe023d51d6fc53', '123456789012', 'us-east-1', 0,
  0, 'identity-4', 'boot-1', 1790000008000, 1, 1,
  '{"cpu":4096,"memory":8192,"eni_capacity":100,"availability_zone":"us-east-1b","address":"198.18.0.4","public_cidr":"198.19.0.64/28"}');
CREATE TABLE "vpc" (key INTEGER PRIMARY KEY, id TEXT, account TEXT, region TEXT, cidr TEXT,
  is_default INTEGER) STRICT;
INSERT INTO "vpc" VALUES (1, 'vpc-26953798876a2c369', '123456789012', 'us-east-1', '172.31.0.0/16', 1);
CREATE TABLE "subnet" (key INTEGER PRIMARY KEY, id TEXT, vpc TEXT, cidr TEXT, availability_zone TEXT,
  vni INTEGER, is_default INTEGER) STRICT;
INSERT INTO "subnet" VALUES (1, 'subnet-a2c63dd28b74ebaf5', 'vpc-26953798876a2c369', '172.31.0.0/20',
  'us-east-1a', 1, 1);
INSERT INTO "subnet" VALUES (2, 'subnet-b306401a324990fdf', 'vpc-26953798876a2c369', '172.31.16.0/20',
  'us-east-1b', 2, 1);
CREATE TABLE "security_group" (key INTEGER PRIMARY KEY, id TEXT, vpc TEXT, name TEXT) STRICT;
INSERT INTO "security_group" VALUES (1, 'sg-df885eb1a6b905c8c', 'vpc-26953798876a2c369', 'default');
CREATE TABLE "eni" (key INTEGER PRIMARY KEY, id TEXT, attachment TEXT, vpc TEXT, subnet TEXT,
  task TEXT, instance TEXT, mac TEXT, address INTEGER, public_address INTEGER, security_groups TEXT,
  private_dns_name TEXT, created_at INTEGER, released_at INTEGER) STRICT;
INSERT INTO "eni" VALUES (1, 'eni-375a2614a424168ef', '075858f4-3b80-4135-9b9e-85d13f720d2d',
  'vpc-26953798876a2c369', 'subnet-a2c63dd28b74ebaf5', 'c895faefda4f1862d2d4de702ec55748',
  'da211e6a663bd37311aabecb86beda3f', '0a:0d:d2:89:48:f0', 2887712772, 3323134001,
  'sg-df885eb1a6b905c8c', 'ip-172-31-0-4.ec2.internal', 1790000010000, NULL);
INSERT INTO "eni" VALUES (2, 'eni-80e48f4c4e0a4a57f', 'a7c61772-ed53-4055-aa1e-fc2902e21192',
  'vpc-26953798876a2c369', 'subnet-b306401a324990fdf', '226d937f1b96905c52a125c0477a9810',
  'f6d0c233a1c4cb77febe023d51d6fc53', '0a:f5:9a:b2:bf:43', 2887716868, 3323134017,
  'sg-df885eb1a6b905c8c', 'ip-172-31-16-4.ec2.internal', 1790000012000, 1790000020000);
CREATE TABLE "task" (key INTEGER PRIMARY KEY, id TEXT, cluster INTEGER, service INTEGER,
  deployment INTEGER, definition INTEGER, created_at INTEGER, containers TEXT,
  specification TEXT) STRICT;
INSERT INTO "task" VALUES (1, 'c72673da0c6a8c53359e9c4c0eb07e9e', 1, 1, 1226008763869681327, 1,
  1790000009000, 'f836b25e-7ada-4fc1-afbc-4b009867b0ac cd32032d-c651-401b-9d27-1da917672d58',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":true}');
INSERT INTO "task" VALUES (2, 'ff90b8601c5b7c6c30ce495ddfd60ce7', 1, 1, 1226008763869681327, 1,
  1790000009000, 'e9b91f3a-331f-48f5-ba9a-0d310162a113 5f54fbf2-b109-4468-874b-83dfff52dfe6',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":true}');
INSERT INTO "task" VALUES (3, 'c895faefda4f1862d2d4de702ec55748', 1, 2, 2000556317519771820, 4,
  1790000010000, '018e52bf-b27b-468e-abf4-ebf5be54559b',
  '{"overrides":{},"launch_type":"fargate","network":{"subnets":["subnet-a2c63dd28b74ebaf5","subnet-b306401a324990fdf"],"security_groups":["sg-df885eb1a6b905c8c"],"assign_public_ip":true},"platform_version":"1.4.0","group":"service:jobs","cpu":256,"memory":512,"enable_ecs_managed_tags":false}');
INSERT INTO "task" VALUES (4, 'ec4a7fdda74af70e82d3e7b986f2450a', 1, 0, 0, 2, 1790000011000,
  'f6402236-1833-4e51-8fa6-a95ded430e88',
  '{"overrides":{"containers":[{"name":"main","command":["hold"],"environment":[{"name":"A","value":"b"}],"cpu":100,"memory":100,"memory_reservation":50}],"cpu":300,"memory":200},"launch_type":"ec2","group":"by hand","started_by":"a person","tags":[{"key":"t","value":"u"}],"cpu":300,"memory":200,"enable_ecs_managed_tags":false}');
INSERT INTO "task" VALUES (5, '7ec0ae86c983f1d3569b728638da68d8', 1, 0, 0, 2, 1790000011000,
  'e8f23a28-2512-42a4-8a27-c99e91b8aaab',
  '{"overrides":{"containers":[{"name":"main","command":["hold"],"environment":[{"name":"A","value":"b"}],"cpu":100,"memory":100,"memory_reservation":50}],"cpu":300,"memory":200},"launch_type":"ec2","group":"by hand","started_by":"a person","tags":[{"key":"t","value":"u"}],"cpu":300,"memory":200,"enable_ecs_managed_tags":false}');
INSERT INTO "task" VALUES (6, '226d937f1b96905c52a125c0477a9810', 1, 0, 0, 4, 1790000012000,
  'e6f46135-856d-4740-abc1-0ebb0f51d292',
  '{"overrides":{},"launch_type":"fargate","network":{"subnets":["subnet-a2c63dd28b74ebaf5","subnet-b306401a324990fdf"],"security_groups":["sg-df885eb1a6b905c8c"],"assign_public_ip":true},"platform_version":"1.4.0","group":"family:job","tags":[{"key":"aws:ecs:clusterName","value":"c"}],"cpu":256,"memory":512,"enable_ecs_managed_tags":true}');
INSERT INTO "task" VALUES (7, 'b8659b3e8125cd6699c06552c4dea376', 1, 1, 7552326866483609062, 2,
  1790000020000, '6b47a4e5-c2bb-485b-91ec-aa10c2f4f3cb',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}');
CREATE TABLE "task_state" (key INTEGER PRIMARY KEY, instance INTEGER, eni TEXT, last_status INTEGER,
  desired_status INTEGER, health INTEGER, stop_code INTEGER, version INTEGER, placed_at INTEGER,
  pull_started_at INTEGER, pull_stopped_at INTEGER, connectivity_at INTEGER, started_at INTEGER,
  stopping_at INTEGER, execution_stopped_at INTEGER, stopped_at INTEGER, availability_zone TEXT,
  stopped_reason TEXT, containers TEXT) STRICT;
INSERT INTO "task_state" VALUES (1, 2, NULL, 7, 7, 0, 4, 4, 1790000009000, NULL, NULL, NULL,
  1790000013000, 1790000018000, NULL, 1790000020000, 'us-east-1b',
  'Scaling activity initiated by (deployment ecs-svc/1226008763869681327)',
  '{"c":[{"s":"stopped","x":0,"id":"f836b25e-7ada-4fc1-afbc-4b009867b0ac","h":"unknown"},{"s":"stopped","x":0,"id":"cd32032d-c651-401b-9d27-1da917672d58","h":"unknown"}]}');
INSERT INTO "task_state" VALUES (2, 1, NULL, 3, 3, 0, 0, 2, 1790000009000, NULL, NULL, NULL,
  1790000013000, NULL, NULL, NULL, 'us-east-1a', NULL,
  '{"c":[{"s":"running","id":"e9b91f3a-331f-48f5-ba9a-0d310162a113","h":"unknown"},{"s":"running","id":"5f54fbf2-b109-4468-874b-83dfff52dfe6","h":"unknown"}]}');
INSERT INTO "task_state" VALUES (3, 3, 'eni-375a2614a424168ef', 3, 3, 0, 0, 2, 1790000010000, NULL,
  NULL, 1790000013000, 1790000013000, NULL, NULL, NULL, 'us-east-1a', NULL,
  '{"c":[{"s":"running","id":"018e52bf-b27b-468e-abf4-ebf5be54559b","h":"unknown"}]}');
INSERT INTO "task_state" VALUES (4, 1, NULL, 7, 7, 0, 2, 4, 1790000011000, 1790000011000,
  1790000011000, NULL, 1790000013000, 1790000018000, 1790000018000, 1790000018000, 'us-east-1a',
  'Essential container in task exited',
  '{"c":[{"s":"stopped","x":137,"r":"OutOfMemoryError: container killed","id":"f6402236-1833-4e51-8fa6-a95ded430e88","d":"sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","h":"unknown","n":[{"container_port":80,"host_port":32768,"protocol":"tcp"}]}]}');
INSERT INTO "task_state" VALUES (5, 2, NULL, 3, 3, 0, 0, 2, 1790000011000, NULL, NULL, NULL,
  1790000013000, NULL, NULL, NULL, 'us-east-1b', NULL,
  '{"c":[{"s":"running","id":"e8f23a28-2512-42a4-8a27-c99e91b8aaab","h":"unknown"}]}');
INSERT INTO "task_state" VALUES (6, 4, 'eni-80e48f4c4e0a4a57f', 7, 7, 0, 3, 4, 1790000012000, NULL,
  NULL, 1790000013000, 1790000013000, 1790000019000, NULL, 1790000020000, 'us-east-1b', 'seen enough',
  '{"c":[{"s":"stopped","x":0,"id":"e6f46135-856d-4740-abc1-0ebb0f51d292","h":"unknown"}]}');
INSERT INTO "task_state" VALUES (7, 2, NULL, 3, 3, 0, 0, 2, 1790000020000, NULL, NULL, NULL,
  1790000020000, NULL, NULL, NULL, 'us-east-1b', NULL,
  '{"c":[{"s":"running","id":"6b47a4e5-c2bb-485b-91ec-aa10c2f4f3cb","h":"unknown"}]}');
CREATE TABLE "usage" (key INTEGER PRIMARY KEY, task TEXT, account TEXT, region TEXT, cluster TEXT,
  service TEXT, family TEXT, revision INTEGER, cpu INTEGER, memory INTEGER, last_sequence INTEGER,
  metered_ns INTEGER, monotonic_covered_ns INTEGER, missing_readings INTEGER,
  first_reading_at INTEGER, last_reading_at INTEGER, cpu_time_ns INTEGER,
  memory_byte_seconds INTEGER, memory_peak_bytes INTEGER, closed INTEGER) STRICT;
INSERT INTO "usage" VALUES (3, 'c895faefda4f1862d2d4de702ec55748', '123456789012', 'us-east-1', 'c',
  'jobs', 'job', 1, 256, 512, 2, 60000000000, 60000000000, 0, 1789999958000, 1790000018000, 10000000000,
  6000000000, 100000002, 0);
INSERT INTO "usage" VALUES (6, '226d937f1b96905c52a125c0477a9810', '123456789012', 'us-east-1', 'c',
  '', 'job', 1, 256, 512, 2, 60000000000, 60000000000, 0, 1789999958000, 1790000018000, 10000000000,
  6000000000, 100000002, 1);
CREATE TABLE "token" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, token TEXT,
  request_hash TEXT, tasks TEXT, created_at INTEGER) STRICT;
INSERT INTO "token" VALUES (1, '123456789012', 'us-east-1', 'once', '89c653de82eb3646f3fccc0e9ed68f1e',
  'ec4a7fdda74af70e82d3e7b986f2450a 7ec0ae86c983f1d3569b728638da68d8', 1790000011000);
CREATE TABLE "event" (key INTEGER PRIMARY KEY, at INTEGER, account TEXT, region TEXT, kind TEXT,
  subject TEXT, detail TEXT) STRICT;
INSERT INTO "event" VALUES (1, 1790000000000, '123456789012', 'us-east-1', 'cluster.created',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '{}');
INSERT INTO "event" VALUES (2, 1790000001000, '123456789012', 'us-east-1', 'cluster.created',
  'arn:aws:ecs:us-east-1:123456789012:cluster/gone', '{}');
INSERT INTO "event" VALUES (3, 1790000002000, '123456789012', 'us-east-1', 'cluster.deleted',
  'arn:aws:ecs:us-east-1:123456789012:cluster/gone', '{}');
INSERT INTO "event" VALUES (4, 1790000003000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1', '{}');
INSERT INTO "event" VALUES (5, 1790000004000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2', '{}');
INSERT INTO "event" VALUES (6, 1790000005000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3', '{}');
INSERT INTO "event" VALUES (7, 1790000006000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/job:1', '{}');
INSERT INTO "event" VALUES (8, 1790000007000, '123456789012', 'us-east-1', 'definition.deregistered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3', '{}');
INSERT INTO "event" VALUES (9, 1790000008000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1"}');
INSERT INTO "event" VALUES (10, 1790000008000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2"}');
INSERT INTO "event" VALUES (11, 1790000008000, '123456789012', 'us-east-1', 'instance.changed',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2","why":"its host has booted"}');
INSERT INTO "event" VALUES (12, 1790000008000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/da211e6a663bd37311aabecb86beda3f',
  '{"availability_zone":"us-east-1a","address":"198.18.0.3"}');
INSERT INTO "event" VALUES (13, 1790000008000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/f6d0c233a1c4cb77febe023d51d6fc53',
  '{"availability_zone":"us-east-1b","address":"198.18.0.4"}');
INSERT INTO "event" VALUES (14, 1790000008000, '123456789012', 'us-east-1', 'vpc',
  'vpc-26953798876a2c369', '{}');
INSERT INTO "event" VALUES (15, 1790000009000, '123456789012', 'us-east-1', 'service.created',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '{"message":"ecs-svc/1226008763869681327"}');
INSERT INTO "event" VALUES (16, 1790000009000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/c72673da0c6a8c53359e9c4c0eb07e9e',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (17, 1790000009000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/ff90b8601c5b7c6c30ce495ddfd60ce7',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (18, 1790000009000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has started 2 tasks: (task c72673da0c6a8c53359e9c4c0eb07e9e) (task ff90b8601c5b7c6c30ce495ddfd60ce7)."}');
INSERT INTO "event" VALUES (19, 1790000010000, '123456789012', 'us-east-1', 'service.created',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs', '{"message":"ecs-svc/2000556317519771820"}');
INSERT INTO "event" VALUES (20, 1790000010000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/c895faefda4f1862d2d4de702ec55748',
  '{"cluster":"c","group":"service:jobs","definition":"job:1","instance":"da211e6a663bd37311aabecb86beda3f","last_status":"provisioning","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (21, 1790000010000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs',
  '{"message":"(service jobs) has started 1 tasks: (task c895faefda4f1862d2d4de702ec55748)."}');
INSERT INTO "event" VALUES (22, 1790000011000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/ec4a7fdda74af70e82d3e7b986f2450a',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (23, 1790000011000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/7ec0ae86c983f1d3569b728638da68d8',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (24, 1790000012000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/226d937f1b96905c52a125c0477a9810',
  '{"cluster":"c","group":"family:job","definition":"job:1","instance":"f6d0c233a1c4cb77febe023d51d6fc53","last_status":"provisioning","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (25, 1790000013000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/ec4a7fdda74af70e82d3e7b986f2450a',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2}');
INSERT INTO "event" VALUES (26, 1790000013000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/ff90b8601c5b7c6c30ce495ddfd60ce7',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2}');
INSERT INTO "event" VALUES (27, 1790000013000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/7ec0ae86c983f1d3569b728638da68d8',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2}');
INSERT INTO "event" VALUES (28, 1790000013000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/c72673da0c6a8c53359e9c4c0eb07e9e',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2}');
INSERT INTO "event" VALUES (29, 1790000013000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/c895faefda4f1862d2d4de702ec55748',
  '{"cluster":"c","group":"service:jobs","definition":"job:1","instance":"da211e6a663bd37311aabecb86beda3f","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2}');
INSERT INTO "event" VALUES (30, 1790000013000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/226d937f1b96905c52a125c0477a9810',
  '{"cluster":"c","group":"family:job","definition":"job:1","instance":"f6d0c233a1c4cb77febe023d51d6fc53","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2}');
INSERT INTO "event" VALUES (31, 1790000018000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/ec4a7fdda74af70e82d3e7b986f2450a',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"running","desired_status":"running","health":"healthy","stop_code":"none","version":3}');
INSERT INTO "event" VALUES (32, 1790000018000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/ec4a7fdda74af70e82d3e7b986f2450a',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"essential_container_exited","stopped_reason":"Essential container in task exited","version":4}');
INSERT INTO "event" VALUES (33, 1790000018000, '123456789012', 'us-east-1', 'service.updated',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '{"message":"ecs-svc/7552326866483609062"}');
INSERT INTO "event" VALUES (34, 1790000018000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/c72673da0c6a8c53359e9c4c0eb07e9e',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"stopped","health":"unknown","stop_code":"service_scheduler_initiated","stopped_reason":"Scaling activity initiated by (deployment ecs-svc/1226008763869681327)","version":3}');
INSERT INTO "event" VALUES (35, 1790000018000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has stopped 1 running tasks: (task c72673da0c6a8c53359e9c4c0eb07e9e)."}');
INSERT INTO "event" VALUES (36, 1790000019000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/226d937f1b96905c52a125c0477a9810',
  '{"cluster":"c","group":"family:job","definition":"job:1","instance":"f6d0c233a1c4cb77febe023d51d6fc53","last_status":"running","desired_status":"stopped","health":"unknown","stop_code":"user_initiated","stopped_reason":"seen enough","version":3}');
INSERT INTO "event" VALUES (37, 1790000020000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/c72673da0c6a8c53359e9c4c0eb07e9e',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"service_scheduler_initiated","stopped_reason":"Scaling activity initiated by (deployment ecs-svc/1226008763869681327)","version":4}');
INSERT INTO "event" VALUES (38, 1790000020000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/b8659b3e8125cd6699c06552c4dea376',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (39, 1790000020000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has started 1 tasks: (task b8659b3e8125cd6699c06552c4dea376)."}');
INSERT INTO "event" VALUES (40, 1790000020000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error \"distinctInstance placement constraint unsatisfied.\"."}');
INSERT INTO "event" VALUES (41, 1790000020000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/226d937f1b96905c52a125c0477a9810',
  '{"cluster":"c","group":"family:job","definition":"job:1","instance":"f6d0c233a1c4cb77febe023d51d6fc53","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"user_initiated","stopped_reason":"seen enough","version":4}');
INSERT INTO "event" VALUES (42, 1790000020000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/b8659b3e8125cd6699c06552c4dea376',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2}');
CREATE TABLE "meter" (key INTEGER PRIMARY KEY, task INTEGER, sequence INTEGER,
  monotonic_start_ns INTEGER, monotonic_end_ns INTEGER, wall_start INTEGER, wall_end INTEGER,
  cpu_time_ns INTEGER, memory_byte_seconds INTEGER, memory_peak_bytes INTEGER, last INTEGER) STRICT;
INSERT INTO "meter" VALUES (1, 3, 1, 0, 30000000000, 1789999958000, 1789999988000, 5000000000,
  3000000000, 100000001, 0);
INSERT INTO "meter" VALUES (2, 3, 2, 30000000000, 60000000000, 1789999988000, 1790000018000,
  5000000000, 3000000000, 100000002, 0);
INSERT INTO "meter" VALUES (3, 6, 1, 0, 30000000000, 1789999958000, 1789999988000, 5000000000,
  3000000000, 100000001, 0);
INSERT INTO "meter" VALUES (4, 6, 2, 30000000000, 60000000000, 1789999988000, 1790000018000,
  5000000000, 3000000000, 100000002, 1);
