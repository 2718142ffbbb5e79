-- A database as version 4 wrote it.
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1398034263;
PRAGMA user_version = 4;
CREATE TABLE "store" (key INTEGER PRIMARY KEY, name TEXT, value TEXT) STRICT;
INSERT INTO "store" VALUES (1, 'log', 'closed');
CREATE TABLE "metadata" (key INTEGER PRIMARY KEY, name TEXT, value TEXT) STRICT;
INSERT INTO "metadata" VALUES (1, 'epoch', '1');
CREATE TABLE "cluster" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, name TEXT,
  status INTEGER, created_at INTEGER, tags TEXT, configuration TEXT) STRICT;
INSERT INTO "cluster" VALUES (1, '123456789012', 'us-east-1', 'c', 0, 1790000000000,
  '{"tags":[{"key":"k","value":"v"}]}',
  '{"container_insights":"enhanced","execute_command":{"kms_key_id":"key","logging":"override","log":{"cloud_watch_log_group_name":"sessions","cloud_watch_encryption_enabled":true,"s3_bucket_name":"kept","s3_encryption_enabled":true,"s3_key_prefix":"of/c"}},"capacity_providers":["FARGATE","blue"],"default_strategy":[{"capacity_provider":"FARGATE","base":3,"weight":4}]}');
INSERT INTO "cluster" VALUES (2, '123456789012', 'us-east-1', 'gone', 1, 1790000007000, '{}',
  '{"container_insights":"disabled"}');
CREATE TABLE "capacity_provider" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, name TEXT,
  created_at INTEGER, body TEXT) STRICT;
INSERT INTO "capacity_provider" VALUES (1, '123456789012', 'us-east-1', 'blue', 1790000004000,
  '{"key":1,"scope":{"account":"123456789012","region":"us-east-1"},"name":"blue","auto_scaling_group_arn":"hosts of blue","managed_scaling":{"status":"enabled","target_capacity":80,"minimum_scaling_step_size":2,"maximum_scaling_step_size":20,"instance_warmup_period_s":60},"managed_termination_protection":"enabled","managed_draining":"disabled","last_update":"updated","tags":[{"key":"k","value":"v"}],"created_at":1790000004000}');
CREATE TABLE "account_setting" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, principal TEXT,
  name TEXT, value TEXT) STRICT;
INSERT INTO "account_setting" VALUES (1, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:user/build', 'awsvpcTrunking', 'enabled');
INSERT INTO "account_setting" VALUES (2, '123456789012', 'us-east-1', '', 'awsvpcTrunking', 'disabled');
CREATE TABLE "task_definition" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, family TEXT,
  revision INTEGER, status INTEGER, registered_at INTEGER, deregistered_at INTEGER,
  body TEXT) STRICT;
INSERT INTO "task_definition" VALUES (1, '123456789012', 'us-east-1', 'web', 1, 0, 1790000016000, NULL,
  '{"key":1,"family":"web","revision":1,"status":"active","network_mode":"bridge","containers":[{"name":"main","image":"registry.local/web:1","command":["serve","80"],"entry_point":["/bin/probe"],"environment":[{"name":"GREETING","value":"grüß'' dich"}],"working_directory":"/srv","user":"1000:1000","cpu":128,"memory":128,"memory_reservation":64,"essential":true,"depends_on":[{"container_name":"side","condition":"start"}],"port_mappings":[{"container_port":80,"host_port":0,"protocol":"tcp","name":"http","app_protocol":"http"},{"container_port":53,"host_port":5353,"protocol":"udp"}],"start_timeout_ms":20000,"stop_timeout_ms":5000,"readonly_root_filesystem":true,"privileged":true,"health_check":{"command":["CMD-SHELL","true"],"interval_ms":10000,"timeout_ms":2000,"retries":2,"start_period_ms":5000},"restart_policy":{"enabled":true,"ignored_exit_codes":[3],"attempt_period_ms":60000},"mount_points":[{"source_volume":"scratch","container_path":"/scratch","read_only":true}],"ulimits":[{"name":"nofile","soft":100,"hard":200}],"linux_parameters":{"capabilities_add":["NET_ADMIN"],"capabilities_drop":["CHOWN"],"devices":[{"host_path":"/dev/null","container_path":"/dev/void","permissions":["read","write"]}],"init_process_enabled":true,"shared_memory_size":32,"tmpfs":[{"container_path":"/t","size":8,"mount_options":["noexec"]}],"max_swap":16,"swappiness":10},"docker_labels":{"label":"of docker"}},{"name":"side","image":"registry.local/side:1","cpu":64,"memory":64,"essential":false,"readonly_root_filesystem":false,"privileged":false,"volumes_from":[{"source_container":"main","read_only":true}],"version_consistency":"disabled"}],"volumes":[{"name":"scratch"},{"name":"logs","source_path":"/var/log/web"}],"compatibilities":["ec2"],"requires_compatibilities":["ec2"],"requires_attributes":["com.amazonaws.ecs.capability.privileged-container","com.amazonaws.ecs.capability.task-iam-role","ecs.capability.container-health-check","ecs.capability.container-ordering","ecs.capability.container-restart-policy"],"task_role_arn":"arn:aws:iam::123456789012:role/app/reader","execution_role_arn":"arn:aws:iam::123456789012:role/app/reader","cpu_architecture":"X86_64","operating_system_family":"LINUX","tags":[{"key":"team","value":"a \"quoted\" value"}],"registered_at":1790000016000,"registered_by":"arn:aws:iam::123456789012:root"}');
INSERT INTO "task_definition" VALUES (2, '123456789012', 'us-east-1', 'web', 2, 0, 1790000017000, NULL,
  '{"key":2,"family":"web","revision":2,"status":"active","network_mode":"bridge","containers":[{"name":"main","image":"registry.local/web:2","cpu":128,"memory":128,"essential":true,"readonly_root_filesystem":false,"privileged":false}],"compatibilities":["ec2"],"registered_at":1790000017000,"registered_by":"arn:aws:iam::123456789012:root"}');
INSERT INTO "task_definition" VALUES (3, '123456789012', 'us-east-1', 'web', 3, 1, 1790000018000,
  1790000020000,
  '{"key":3,"family":"web","revision":3,"status":"inactive","network_mode":"bridge","containers":[{"name":"main","image":"registry.local/web:2","cpu":128,"memory":128,"essential":true,"readonly_root_filesystem":false,"privileged":false}],"compatibilities":["ec2"],"registered_at":1790000018000,"registered_by":"arn:aws:iam::123456789012:root","deregistered_at":1790000020000}');
INSERT INTO "task_definition" VALUES (4, '123456789012', 'us-east-1', 'job', 1, 0, 1790000019000, NULL,
  '{"key":4,"family":"job","revision":1,"status":"active","network_mode":"awsvpc","cpu":256,"memory":512,"containers":[{"name":"main","image":"registry.local/job:1","cpu":0,"essential":true,"readonly_root_filesystem":false,"privileged":false}],"compatibilities":["ec2","fargate"],"requires_compatibilities":["fargate"],"requires_attributes":["com.amazonaws.ecs.capability.task-iam-role","ecs.capability.task-cpu-mem-limit","ecs.capability.task-eni"],"task_role_arn":"arn:aws:iam::123456789012:role/app/reader","registered_at":1790000019000,"registered_by":"arn:aws:iam::123456789012:root"}');
INSERT INTO "task_definition" VALUES (5, '123456789012', 'us-east-1', 'bad', 1, 0, 1790000174000, NULL,
  '{"key":5,"family":"bad","revision":1,"status":"active","network_mode":"bridge","containers":[{"name":"main","image":"registry.local/bad:1","cpu":128,"memory":128,"essential":true,"readonly_root_filesystem":false,"privileged":false}],"compatibilities":["ec2"],"registered_at":1790000174000,"registered_by":"arn:aws:iam::123456789012:root"}');
CREATE TABLE "service" (key INTEGER PRIMARY KEY, cluster INTEGER, name TEXT, status INTEGER,
  desired_count INTEGER, created_at INTEGER, deployments TEXT, body TEXT) STRICT;
INSERT INTO "service" VALUES (1, 1, 'web', 0, 2, 1790000028000,
  '{"deployments":[{"deployment":{"id":"ecs-svc/4844052134576708850","status":"primary","rollout_state":"in_progress","rollout_state_reason":"ECS deployment ecs-svc/4844052134576708850 in progress.","failed_tasks":0,"created_at":1790000176000,"updated_at":1790000176000,"throttle_delay_ms":0,"breaker_failures":0,"hooks":[{"id":"hook-4844052134576708850-1","stage":"pre_scale_up","timeout_min":60,"timeout_action":"proceed","status":"awaiting_action","expires_at":1790003776000},{"id":"hook-4844052134576708850-2","stage":"post_scale_up","timeout_min":60,"timeout_action":"proceed","status":"ahead"}]},"definition":1,"specification":{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":true}},{"deployment":{"id":"ecs-svc/2722696506342463596","status":"active","rollout_state":"in_progress","rollout_state_reason":"ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/2722696506342463596.","failed_tasks":0,"created_at":1790000038000,"updated_at":1790000176000,"throttle_delay_ms":0,"breaker_failures":0},"definition":2,"specification":{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}}]}',
  '{"key":1,"cluster":1,"name":"web","status":"active","scheduling_strategy":"replica","desired_count":2,"deployment_configuration":{"minimum_healthy_percent":50,"maximum_percent":150,"circuit_breaker":{"enable":true,"rollback":true,"reset_on_healthy_task":false,"threshold_type":"count","threshold_value":1},"lifecycle_hooks":[{"stages":["pre_scale_up","post_scale_up"],"timeout_min":60,"timeout_action":"proceed"}]},"health_check_grace_period_s":0,"tags":[{"key":"s","value":"t"}],"enable_ecs_managed_tags":true,"propagate_tags":"SERVICE","client_token":"once","created_by":"arn:aws:iam::123456789012:root","created_at":1790000028000,"current":"ecs-svc/4844052134576708850","last_completed":"ecs-svc/2722696506342463596","availability_zone_rebalancing":false}');
INSERT INTO "service" VALUES (2, 1, 'jobs', 0, 1, 1790000029000,
  '{"deployments":[{"deployment":{"id":"ecs-svc/2078412720614623980","status":"primary","rollout_state":"completed","rollout_state_reason":"ECS deployment ecs-svc/2078412720614623980 completed.","failed_tasks":0,"created_at":1790000029000,"updated_at":1790000073000,"throttle_delay_ms":0,"breaker_failures":0},"definition":4,"specification":{"overrides":{},"launch_type":"fargate","network":{"subnets":["subnet-b306401a324990fdf","subnet-df885eb1a6b905c8c"],"security_groups":["sg-ef836b25e7adadfc1"],"assign_public_ip":true},"platform_version":"1.4.0","group":"service:jobs","cpu":256,"memory":512,"enable_ecs_managed_tags":false,"capacity_provider_strategy":[{"capacity_provider":"FARGATE","base":1,"weight":2}]}}]}',
  '{"key":2,"cluster":1,"name":"jobs","status":"active","scheduling_strategy":"replica","desired_count":1,"deployment_configuration":{"minimum_healthy_percent":100,"maximum_percent":200,"circuit_breaker":{"enable":false,"rollback":false,"reset_on_healthy_task":true,"threshold_type":"bounded_percent","threshold_value":50}},"health_check_grace_period_s":0,"enable_ecs_managed_tags":false,"created_by":"arn:aws:iam::123456789012:root","created_at":1790000029000,"current":"ecs-svc/2078412720614623980","last_completed":"ecs-svc/2078412720614623980","availability_zone_rebalancing":true}');
INSERT INTO "service" VALUES (3, 1, 'sets', 0, 0, 1790000180000,
  '{"deployments":[{"deployment":{"id":"ecs-svc/4697068266323246350","status":"active","rollout_state":"completed","failed_tasks":0,"created_at":1790000181000,"updated_at":1790000181000,"throttle_delay_ms":0,"breaker_failures":0,"task_set":{"scale_micro_percent":12500000,"external_id":"release-7","client_token":"set-1","tags":[{"key":"of","value":"a set"}],"draining":false,"forced":false}},"definition":1,"specification":{"overrides":{},"launch_type":"ec2","group":"service:sets","placement_strategy":[{"type":"random"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":false}}]}',
  '{"key":3,"cluster":1,"name":"sets","status":"active","scheduling_strategy":"replica","desired_count":0,"deployment_configuration":{"minimum_healthy_percent":100,"maximum_percent":200,"circuit_breaker":{"enable":false,"rollback":false,"reset_on_healthy_task":true,"threshold_type":"bounded_percent","threshold_value":50}},"health_check_grace_period_s":0,"enable_ecs_managed_tags":false,"created_by":"arn:aws:iam::123456789012:root","created_at":1790000180000,"availability_zone_rebalancing":false,"external":{"placement_strategy":[{"type":"random"}]}}');
CREATE TABLE "service_event" (key INTEGER PRIMARY KEY, service INTEGER, id TEXT, created_at INTEGER,
  message TEXT) STRICT;
INSERT INTO "service_event" VALUES (1, 1, 'c95f55cd-aa07-4aeb-809c-4b09d442cc61', 1790000028000,
  '(service web) has started 2 tasks: (task 1d24d4fcb97f3f6a788a448cca5a9cf8) (task 2bf4ebf5be54559b70c5b7ae5cf26313).');
INSERT INTO "service_event" VALUES (2, 2, 'e6f46135-856d-4740-abc1-0ebb0f51d292', 1790000029000,
  '(service jobs) has started 1 tasks: (task 82d3e7b986f2450af64022361833ce51).');
INSERT INTO "service_event" VALUES (3, 1, '653d7fdc-3e14-477a-84b0-4b0ff12cc9a7', 1790000038000,
  '(service web) has stopped 1 running tasks: (task 1d24d4fcb97f3f6a788a448cca5a9cf8).');
INSERT INTO "service_event" VALUES (4, 1, '6b74957d-4b9b-48b5-9379-bd7a2f0f2c9f', 1790000039000,
  '(service web) has started 1 tasks: (task 71ab0844b9b1b4f042c28d380df58438).');
INSERT INTO "service_event" VALUES (5, 1, 'c6cb66c1-2202-4f50-af68-57b0a7f9e6c4', 1790000039000,
  '(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error "distinctInstance placement constraint unsatisfied.".');
INSERT INTO "service_event" VALUES (6, 1, 'd6b87219-8a7f-4653-b618-3561f661b003', 1790000069000,
  '(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error "AGENT".');
INSERT INTO "service_event" VALUES (7, 2, '2f2570bb-58fc-4c28-b670-6b75b891c6a3', 1790000073000,
  '(service jobs) (deployment ecs-svc/2078412720614623980) deployment completed.');
INSERT INTO "service_event" VALUES (8, 2, 'edee61b5-5eee-4e4b-8699-f111831411d5', 1790000073000,
  '(service jobs) has reached a steady state.');
INSERT INTO "service_event" VALUES (9, 1, '0d822acf-6c72-4940-a81d-f697fd2560f4', 1790000079000,
  '(service web) has stopped 1 running tasks: (task 2bf4ebf5be54559b70c5b7ae5cf26313).');
INSERT INTO "service_event" VALUES (10, 1, 'd6ab7e10-2429-4892-ac8e-55c9dd175f18', 1790000084000,
  '(service web) has started 1 tasks: (task 89dd7a2dec50221149224938c28d0971).');
INSERT INTO "service_event" VALUES (11, 1, '2a951dee-90a1-4be3-b0ca-1e76ebfadcff', 1790000124000,
  '(service web) (deployment ecs-svc/2722696506342463596) deployment completed.');
INSERT INTO "service_event" VALUES (12, 1, '79325c0e-c518-48f2-8b02-ab4f550a6ccb', 1790000124000,
  '(service web) has reached a steady state.');
INSERT INTO "service_event" VALUES (13, 1, '74efffce-263a-4b21-9534-fdb87dbff454', 1790000175000,
  '(service web) has stopped 1 running tasks: (task 71ab0844b9b1b4f042c28d380df58438).');
INSERT INTO "service_event" VALUES (14, 1, '8250ec14-17b3-49bf-a05b-f557a083aefa', 1790000176000,
  '(service web) has started 1 tasks: (task d201eb9cdaece7f6e8b385d91a46b1b5).');
INSERT INTO "service_event" VALUES (15, 1, '66fd7d0a-cc07-41a9-a2c7-a3e6c44ea835', 1790000176000,
  '(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error "distinctInstance placement constraint unsatisfied.".');
INSERT INTO "service_event" VALUES (16, 1, '08a21276-b7ee-4d83-89a4-dcd62b6bb0a4', 1790000176000,
  '(service web) (deployment ecs-svc/2029357966365906655) deployment failed: tasks failed to start.');
INSERT INTO "service_event" VALUES (17, 1, 'f5b6beb8-e42b-42ef-a725-569cba0c5cf4', 1790000176000,
  '(service web) rolling back to deployment ecs-svc/2722696506342463596.');
INSERT INTO "service_event" VALUES (18, 1, '9c95434e-3e1c-468b-a361-5cfe549f1f9d', 1790000176000,
  '(service web) has started 1 tasks: (task c72bf81f5f447b65488925f0b60b4ffb).');
INSERT INTO "service_event" VALUES (19, 1, '25d464c9-2d20-45a1-9ca8-34e390860c9e', 1790000176000,
  '(service web) (deployment ecs-svc/4844052134576708850) deployment is paused by a lifecycle hook until ContinueServiceDeployment is called.');
INSERT INTO "service_event" VALUES (20, 1, '1340c87e-c4ed-4c2b-9e95-24492f6f2ce9', 1790000179000,
  '(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error "distinctInstance placement constraint unsatisfied.".');
INSERT INTO "service_event" VALUES (21, 3, 'c247164b-ed3e-4e95-a7ca-55d5766d1c64', 1790000181000,
  '(service sets, taskSet ecs-svc/4697068266323246350) has reached a steady state.');
CREATE TABLE "instance" (key INTEGER PRIMARY KEY, id TEXT, account TEXT, region TEXT,
  cluster INTEGER, status INTEGER, identity_hash TEXT, boot_id TEXT, registered_at INTEGER,
  version INTEGER, connected INTEGER, inventory TEXT, tags TEXT, attributes TEXT) STRICT;
INSERT INTO "instance" VALUES (1, 'd70d3259e4e1cb631c663cf4d73c4c04', '123456789012', 'us-east-1', 1,
  1, 'identity-1', 'boot-1', 1790000021000, 2, 1,
  '{"cpu":4096,"memory":8192,"eni_capacity":100,"availability_zone":"us-east-1a","address":"198.18.0.1"}',
  '{}', '{}');
INSERT INTO "instance" VALUES (2, '022ab1ba804098e6cb293e6770eb3a95', '123456789012', 'us-east-1', 1,
  0, 'identity-2', 'boot-2', 1790000021000, 3, 1,
  '{"cpu":2048,"memory":4096,"eni_capacity":100,"availability_zone":"us-east-1b","address":"198.18.0.2","attributes":{"ecs.os-type":"linux","rack":"7"},"agent_version":"0.1.0","engine_version":"crun 1.8.1"}',
  '{"tags":[{"key":"rack","value":"7"}]}', '{"attributes":{"stack":"prod"}}');
INSERT INTO "instance" VALUES (3, 'da211e6a663bd37311aabecb86beda3f', '123456789012', 'us-east-1', 1,
  0, 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', '', 1790000023000, 1, 0,
  '{"cpu":1024,"memory":1024,"eni_capacity":0,"availability_zone":"us-east-1a","attributes":{"ecs.capability.task-eni":""},"agent_version":"9"}',
  '{}',
  '{"attributes":{"stowage.agent-hash":"of another maker","stowage.registered-by":"arn:aws:iam::123456789012:root"}}');
INSERT INTO "instance" VALUES (4, 'f6d0c233a1c4cb77febe023d51d6fc53', '123456789012', 'us-east-1', 0,
  0, 'identity-3', 'boot-1', 1790000024000, 1, 1,
  '{"cpu":4096,"memory":8192,"eni_capacity":100,"availability_zone":"us-east-1a","address":"198.18.0.3","public_cidr":"198.19.0.48/28"}',
  '{}', '{}');
INSERT INTO "instance" VALUES (5, '616750997ac05e226953798876a2c369', '123456789012', 'us-east-1', 0,
  0, 'identity-4', 'boot-1', 1790000024000, 1, 1,
  '{"cpu":4096,"memory":8192,"eni_capacity":100,"availability_zone":"us-east-1b","address":"198.18.0.4","public_cidr":"198.19.0.64/28"}',
  '{}', '{}');
CREATE TABLE "vpc" (key INTEGER PRIMARY KEY, id TEXT, account TEXT, region TEXT, cidr TEXT,
  is_default INTEGER) STRICT;
INSERT INTO "vpc" VALUES (1, 'vpc-a2c63dd28b74ebaf5', '123456789012', 'us-east-1', '172.31.0.0/16', 1);
CREATE TABLE "subnet" (key INTEGER PRIMARY KEY, id TEXT, vpc TEXT, cidr TEXT, availability_zone TEXT,
  vni INTEGER, is_default INTEGER) STRICT;
INSERT INTO "subnet" VALUES (1, 'subnet-b306401a324990fdf', 'vpc-a2c63dd28b74ebaf5', '172.31.0.0/20',
  'us-east-1a', 1, 1);
INSERT INTO "subnet" VALUES (2, 'subnet-df885eb1a6b905c8c', 'vpc-a2c63dd28b74ebaf5', '172.31.16.0/20',
  'us-east-1b', 2, 1);
CREATE TABLE "security_group" (key INTEGER PRIMARY KEY, id TEXT, vpc TEXT, name TEXT,
  description TEXT, rules TEXT) STRICT;
INSERT INTO "security_group" VALUES (1, 'sg-1c72673da0c6a8c53', 'vpc-a2c63dd28b74ebaf5', 'default',
  'default VPC security group',
  '{"rules":[{"id":"sgr-1c72673da0c6a8c52","direction":"ingress","protocol":"all","from_port":0,"to_port":65535,"group":"sg-1c72673da0c6a8c53"},{"id":"sgr-1c72673da0c6a8c51","direction":"egress","protocol":"all","from_port":0,"to_port":65535,"cidr":"0.0.0.0/0"}]}');
INSERT INTO "security_group" VALUES (2, 'sg-ef836b25e7adadfc1', 'vpc-a2c63dd28b74ebaf5', 'open',
  'for everybody',
  '{"rules":[{"id":"sgr-ccd32032dc651501b","direction":"egress","protocol":"all","from_port":0,"to_port":65535,"cidr":"0.0.0.0/0"},{"id":"sgr-8ff90b8601c5b7c6c","direction":"ingress","protocol":"tcp","from_port":80,"to_port":81,"cidr":"0.0.0.0/0","description":"web"},{"id":"sgr-7e9b91f3a331fd8f5","direction":"ingress","protocol":"all","from_port":0,"to_port":65535,"group":"sg-ef836b25e7adadfc1"},{"id":"sgr-35f54fbf2b1093468","direction":"egress","protocol":"udp","from_port":53,"to_port":53,"cidr":"198.51.100.0/24"}]}');
CREATE TABLE "eni" (key INTEGER PRIMARY KEY, id TEXT, attachment TEXT, vpc TEXT, subnet TEXT,
  task TEXT, instance TEXT, mac TEXT, address INTEGER, public_address INTEGER, security_groups TEXT,
  private_dns_name TEXT, created_at INTEGER, released_at INTEGER) STRICT;
INSERT INTO "eni" VALUES (1, 'eni-8e8f23a282512d2a4', '8a27c99e-91b8-4aab-a26d-937f1b96905c',
  'vpc-a2c63dd28b74ebaf5', 'subnet-df885eb1a6b905c8c', '82d3e7b986f2450af64022361833ce51',
  '616750997ac05e226953798876a2c369', '0a:a1:25:c0:47:7a', 2887716868, 3323134017,
  'sg-ef836b25e7adadfc1', 'ip-172-31-16-4.ec2.internal', 1790000029000, NULL);
INSERT INTO "eni" VALUES (2, 'eni-7bf23dcc7e9f926fc', 'b68f5207-f6f5-4ef4-8e96-68bf06af395d',
  'vpc-a2c63dd28b74ebaf5', 'subnet-b306401a324990fdf', 'b8659b3e8125cd6699c06552c4dea376',
  'f6d0c233a1c4cb77febe023d51d6fc53', '0a:63:09:f3:85:99', 2887712772, 3323134001,
  'sg-ef836b25e7adadfc1', 'ip-172-31-0-4.ec2.internal', 1790000031000, 1790000178000);
CREATE TABLE "task" (key INTEGER PRIMARY KEY, id TEXT, cluster INTEGER, service INTEGER,
  deployment INTEGER, definition INTEGER, created_at INTEGER, containers TEXT, specification TEXT,
  capacity_provider TEXT) STRICT;
INSERT INTO "task" VALUES (1, '1d24d4fcb97f3f6a788a448cca5a9cf8', 1, 1, 1636106807449963335, 1,
  1790000028000, 'acf8896b-abb0-420d-8895-faefda4f1862 d2d4de70-2ec5-4748-818e-52bfb27bb68e',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":true}',
  NULL);
INSERT INTO "task" VALUES (2, '2bf4ebf5be54559b70c5b7ae5cf26313', 1, 1, 1636106807449963335, 1,
  1790000028000, '75a2614a-4241-48ef-8758-58f43b80e135 5b9e85d1-3f72-4d2d-a10d-d28948f0d4a4',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":true}',
  NULL);
INSERT INTO "task" VALUES (3, '82d3e7b986f2450af64022361833ce51', 1, 2, 2078412720614623980, 4,
  1790000029000, '0fa6a95d-ed43-4e88-bec0-ae86c983f1d3',
  '{"overrides":{},"launch_type":"fargate","network":{"subnets":["subnet-b306401a324990fdf","subnet-df885eb1a6b905c8c"],"security_groups":["sg-ef836b25e7adadfc1"],"assign_public_ip":true},"platform_version":"1.4.0","group":"service:jobs","cpu":256,"memory":512,"enable_ecs_managed_tags":false,"capacity_provider_strategy":[{"capacity_provider":"FARGATE","base":1,"weight":2}]}',
  'FARGATE');
INSERT INTO "task" VALUES (4, '13cd652823a1dd380e48f4c4e0a4a57f', 1, 0, 0, 2, 1790000030000,
  'a7c61772-ed53-4055-aa1e-fc2902e21192',
  '{"overrides":{"containers":[{"name":"main","command":["hold"],"environment":[{"name":"A","value":"b"}],"cpu":100,"memory":100,"memory_reservation":50}],"cpu":300,"memory":200},"launch_type":"ec2","group":"by hand","started_by":"a person","tags":[{"key":"t","value":"u"}],"cpu":300,"memory":200,"enable_ecs_managed_tags":false}',
  NULL);
INSERT INTO "task" VALUES (5, '42f59ab2bf43c49de6fd00c1918aee5a', 1, 0, 0, 2, 1790000030000,
  'da362751-33cf-4e5e-8a4e-5051ef10cddf',
  '{"overrides":{"containers":[{"name":"main","command":["hold"],"environment":[{"name":"A","value":"b"}],"cpu":100,"memory":100,"memory_reservation":50}],"cpu":300,"memory":200},"launch_type":"ec2","group":"by hand","started_by":"a person","tags":[{"key":"t","value":"u"}],"cpu":300,"memory":200,"enable_ecs_managed_tags":false}',
  NULL);
INSERT INTO "task" VALUES (6, 'b8659b3e8125cd6699c06552c4dea376', 1, 0, 0, 4, 1790000031000,
  '6b47a4e5-c2bb-485b-91ec-aa10c2f4f3cb',
  '{"overrides":{},"launch_type":"fargate","network":{"subnets":["subnet-b306401a324990fdf","subnet-df885eb1a6b905c8c"],"security_groups":["sg-ef836b25e7adadfc1"],"assign_public_ip":true},"platform_version":"1.4.0","group":"family:job","tags":[{"key":"aws:ecs:clusterName","value":"c"}],"cpu":256,"memory":512,"enable_ecs_managed_tags":true}',
  NULL);
INSERT INTO "task" VALUES (7, '71ab0844b9b1b4f042c28d380df58438', 1, 1, 2722696506342463596, 2,
  1790000039000, '884bc6f1-54d6-465b-944a-c49bfbd94787',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}',
  NULL);
INSERT INTO "task" VALUES (8, '89dd7a2dec50221149224938c28d0971', 1, 1, 2722696506342463596, 2,
  1790000084000, '92b099ae-d0a3-4ff5-8314-397efc7913b2',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}',
  NULL);
INSERT INTO "task" VALUES (9, 'd201eb9cdaece7f6e8b385d91a46b1b5', 1, 1, 2029357966365906655, 5,
  1790000176000, 'b81f511c-d658-4ba5-a5fd-143a8d3ef8d3',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}',
  NULL);
INSERT INTO "task" VALUES (10, 'c72bf81f5f447b65488925f0b60b4ffb', 1, 1, 2722696506342463596, 2,
  1790000176000, '7ff62e5c-8a78-415d-8301-19d9b0410657',
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}',
  NULL);
CREATE TABLE "task_state" (key INTEGER PRIMARY KEY, instance INTEGER, eni TEXT, last_status INTEGER,
  desired_status INTEGER, health INTEGER, stop_code INTEGER, version INTEGER, placed_at INTEGER,
  pull_started_at INTEGER, pull_stopped_at INTEGER, connectivity_at INTEGER, started_at INTEGER,
  stopping_at INTEGER, execution_stopped_at INTEGER, stopped_at INTEGER, availability_zone TEXT,
  stopped_reason TEXT, containers TEXT, protected_until INTEGER) STRICT;
INSERT INTO "task_state" VALUES (1, 2, NULL, 7, 7, 0, 4, 4, 1790000028000, NULL, NULL, NULL,
  1790000033000, 1790000038000, NULL, 1790000039000, 'us-east-1b',
  'Scaling activity initiated by (deployment ecs-svc/1636106807449963335)',
  '{"c":[{"s":"stopped","x":0,"id":"acf8896b-abb0-420d-8895-faefda4f1862","h":"unknown"},{"s":"stopped","x":0,"id":"d2d4de70-2ec5-4748-818e-52bfb27bb68e","h":"unknown"}]}',
  NULL);
INSERT INTO "task_state" VALUES (2, 1, NULL, 7, 7, 0, 4, 4, 1790000028000, NULL, NULL, NULL,
  1790000033000, 1790000079000, NULL, 1790000084000, 'us-east-1a',
  'Scaling activity initiated by (deployment ecs-svc/1636106807449963335)',
  '{"c":[{"s":"stopped","x":0,"id":"75a2614a-4241-48ef-8758-58f43b80e135","h":"unknown"},{"s":"stopped","x":0,"id":"5b9e85d1-3f72-4d2d-a10d-d28948f0d4a4","h":"unknown"}]}',
  NULL);
INSERT INTO "task_state" VALUES (3, 5, 'eni-8e8f23a282512d2a4', 3, 3, 0, 0, 4, 1790000029000, NULL,
  NULL, 1790000033000, 1790000033000, NULL, NULL, NULL, 'us-east-1b', NULL,
  '{"c":[{"s":"running","id":"0fa6a95d-ed43-4e88-bec0-ae86c983f1d3","d":"sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee","h":"unknown"}]}',
  1790007378000);
INSERT INTO "task_state" VALUES (4, 1, NULL, 7, 7, 0, 2, 4, 1790000030000, 1790000030000,
  1790000030000, NULL, 1790000033000, 1790000038000, 1790000038000, 1790000038000, 'us-east-1a',
  'Essential container in task exited',
  '{"c":[{"s":"stopped","x":137,"r":"OutOfMemoryError: container killed","id":"a7c61772-ed53-4055-aa1e-fc2902e21192","d":"sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","h":"unknown","n":[{"container_port":80,"host_port":32768,"protocol":"tcp"}]}]}',
  NULL);
INSERT INTO "task_state" VALUES (5, 2, NULL, 3, 3, 0, 0, 2, 1790000030000, NULL, NULL, NULL,
  1790000033000, NULL, NULL, NULL, 'us-east-1b', NULL,
  '{"c":[{"s":"running","id":"da362751-33cf-4e5e-8a4e-5051ef10cddf","h":"unknown"}]}', NULL);
INSERT INTO "task_state" VALUES (6, 4, 'eni-7bf23dcc7e9f926fc', 7, 7, 0, 3, 4, 1790000031000, NULL,
  NULL, 1790000033000, 1790000033000, 1790000177000, NULL, 1790000178000, 'us-east-1a', 'seen enough',
  '{"c":[{"s":"stopped","x":0,"id":"6b47a4e5-c2bb-485b-91ec-aa10c2f4f3cb","h":"unknown"}]}', NULL);
INSERT INTO "task_state" VALUES (7, 2, NULL, 7, 7, 0, 4, 4, 1790000039000, NULL, NULL, NULL,
  1790000039000, 1790000175000, NULL, 1790000176000, 'us-east-1b',
  'Scaling activity initiated by (deployment ecs-svc/2722696506342463596)',
  '{"c":[{"s":"stopped","x":0,"id":"884bc6f1-54d6-465b-944a-c49bfbd94787","h":"unknown"}]}', NULL);
INSERT INTO "task_state" VALUES (8, 1, NULL, 3, 3, 0, 0, 2, 1790000084000, NULL, NULL, NULL,
  1790000084000, NULL, NULL, NULL, 'us-east-1a', NULL,
  '{"c":[{"s":"running","id":"92b099ae-d0a3-4ff5-8314-397efc7913b2","h":"unknown"}]}', NULL);
INSERT INTO "task_state" VALUES (9, 2, NULL, 7, 7, 0, 1, 2, 1790000176000, NULL, NULL, NULL, NULL,
  1790000176000, NULL, 1790000176000, 'us-east-1b', 'Task failed to start',
  '{"c":[{"s":"stopped","x":0,"r":"CannotPullContainerError: no such image","id":"b81f511c-d658-4ba5-a5fd-143a8d3ef8d3","h":"unknown"}]}',
  NULL);
INSERT INTO "task_state" VALUES (10, 2, NULL, 3, 3, 0, 0, 2, 1790000176000, NULL, NULL, NULL,
  1790000176000, NULL, NULL, NULL, 'us-east-1b', NULL,
  '{"c":[{"s":"running","id":"7ff62e5c-8a78-415d-8301-19d9b0410657","h":"unknown"}]}', NULL);
CREATE TABLE "usage" (key INTEGER PRIMARY KEY, task TEXT, account TEXT, region TEXT, cluster TEXT,
  service TEXT, family TEXT, revision INTEGER, cpu INTEGER, memory INTEGER, last_sequence INTEGER,
  metered_ns INTEGER, monotonic_covered_ns INTEGER, missing_readings INTEGER,
  first_reading_at INTEGER, last_reading_at INTEGER, cpu_time_ns INTEGER,
  memory_byte_seconds INTEGER, memory_peak_bytes INTEGER, closed INTEGER) STRICT;
INSERT INTO "usage" VALUES (3, '82d3e7b986f2450af64022361833ce51', '123456789012', 'us-east-1', 'c',
  'jobs', 'job', 1, 256, 512, 2, 60000000000, 60000000000, 0, 1789999978000, 1790000038000, 10000000000,
  6000000000, 100000002, 0);
INSERT INTO "usage" VALUES (6, 'b8659b3e8125cd6699c06552c4dea376', '123456789012', 'us-east-1', 'c',
  '', 'job', 1, 256, 512, 2, 60000000000, 60000000000, 0, 1789999978000, 1790000038000, 10000000000,
  6000000000, 100000002, 1);
CREATE TABLE "token" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, token TEXT,
  request_hash TEXT, tasks TEXT, created_at INTEGER) STRICT;
INSERT INTO "token" VALUES (1, '123456789012', 'us-east-1', 'once', '89c653de82eb3646f3fccc0e9ed68f1e',
  '13cd652823a1dd380e48f4c4e0a4a57f 42f59ab2bf43c49de6fd00c1918aee5a', 1790000030000);
CREATE TABLE "user" (key INTEGER PRIMARY KEY, account TEXT, name TEXT, created_at INTEGER) STRICT;
INSERT INTO "user" VALUES (1, '123456789012', 'admin', 1790000009000);
INSERT INTO "user" VALUES (2, '123456789012', 'build', 1790000009000);
CREATE TABLE "access_key" (key INTEGER PRIMARY KEY, id TEXT, user INTEGER, sealed_secret TEXT,
  status INTEGER, created_at INTEGER) STRICT;
INSERT INTO "access_key" VALUES (1, 'AKIAADMINADMINADMIN1', 1,
  'v1:7bc636cf2545e5a39b1e6d92693537625403ab387a2c9409f91f56eaa59525522025421dc981e4426849bef8d1da82f17a2dab630d28ac4a64a1',
  0, 1790000009000);
INSERT INTO "access_key" VALUES (2, 'AKIABUILDBUILDBUILD1', 2,
  'v1:b5d56753332426eba76dedab4ce513bd66680146474f3488974ec6b65193710c866dc21aa95c11561d9f62639fc95bf902a70624e9f470cb9d29',
  1, 1790000010000);
CREATE TABLE "role" (key INTEGER PRIMARY KEY, account TEXT, name TEXT, created_at INTEGER,
  body TEXT) STRICT;
INSERT INTO "role" VALUES (1, '123456789012', 'reader', 1790000012000,
  '{"key":1,"account":"123456789012","name":"reader","path":"/app/","description":"may look","actions":["ecs:List*","ecs:DescribeTasks"],"tags":[{"key":"k","value":"v"}],"created_at":1790000012000}');
CREATE TABLE "join_token" (key INTEGER PRIMARY KEY, hash TEXT, account TEXT, region TEXT,
  cluster TEXT, pool INTEGER, created_by TEXT, created_at INTEGER, expires_at INTEGER) STRICT;
INSERT INTO "join_token" VALUES (1, '610cbdbb58838fb77223c4d6fcd1c0663ce43db9567ac17b0efee7a34ea72dad',
  '123456789012', 'us-east-1', 'c', 0, 'arn:aws:iam::123456789012:root', 1790000014000, 1790604814000);
INSERT INTO "join_token" VALUES (2, '508f65650db156899ec12fcbbe883bf222e02c4330d7d251fa2b7aac09de71e4',
  '123456789012', 'us-east-1', '', 1, 'arn:aws:iam::123456789012:root', 1790000015000, 1790604815000);
CREATE TABLE "session" (key INTEGER PRIMARY KEY, hash TEXT, account TEXT, region TEXT,
  principal TEXT, created_at INTEGER, expires_at INTEGER) STRICT;
INSERT INTO "session" VALUES (1, '1e2952b478968fb69e105423445683880726a3929232c26772e629d7ecf762cd',
  '123456789012', 'us-east-1', 'arn:aws:iam::123456789012:root', 1790000013000, 1790043213000);
CREATE TABLE "service_revision" (key INTEGER PRIMARY KEY, service INTEGER, deployment INTEGER,
  definition INTEGER, created_at INTEGER, specification TEXT) STRICT;
INSERT INTO "service_revision" VALUES (1, 1, 1636106807449963335, 1, 1790000028000,
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":true}');
INSERT INTO "service_revision" VALUES (2, 2, 2078412720614623980, 4, 1790000029000,
  '{"overrides":{},"launch_type":"fargate","network":{"subnets":["subnet-b306401a324990fdf","subnet-df885eb1a6b905c8c"],"security_groups":["sg-ef836b25e7adadfc1"],"assign_public_ip":true},"platform_version":"1.4.0","group":"service:jobs","cpu":256,"memory":512,"enable_ecs_managed_tags":false,"capacity_provider_strategy":[{"capacity_provider":"FARGATE","base":1,"weight":2}]}');
INSERT INTO "service_revision" VALUES (3, 1, 2722696506342463596, 2, 1790000038000,
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}');
INSERT INTO "service_revision" VALUES (4, 1, 2029357966365906655, 5, 1790000175000,
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":128,"memory":128,"enable_ecs_managed_tags":true}');
INSERT INTO "service_revision" VALUES (5, 1, 4844052134576708850, 1, 1790000176000,
  '{"overrides":{},"launch_type":"ec2","group":"service:web","placement_constraints":[{"type":"distinct_instance"},{"type":"member_of","expression":"attribute:stack !exists or task:group != a"}],"placement_strategy":[{"type":"spread","field":"instanceId"}],"tags":[{"key":"s","value":"t"},{"key":"aws:ecs:clusterName","value":"c"},{"key":"aws:ecs:serviceName","value":"web"}],"cpu":192,"memory":128,"enable_ecs_managed_tags":true}');
CREATE TABLE "service_deployment" (key INTEGER PRIMARY KEY, status INTEGER, body TEXT) STRICT;
INSERT INTO "service_deployment" VALUES (1, 4,
  '{"status_reason":"A newer deployment began: ecs-svc/2722696506342463596.","configuration":{"minimum_healthy_percent":50,"maximum_percent":150,"circuit_breaker":{"enable":false,"rollback":false,"reset_on_healthy_task":true,"threshold_type":"bounded_percent","threshold_value":50}},"updated_at":1790000038000,"finished_at":1790000038000,"stopped_at":1790000038000,"breaker":"disabled","breaker_failures":0,"breaker_threshold":3}');
INSERT INTO "service_deployment" VALUES (2, 2,
  '{"configuration":{"minimum_healthy_percent":100,"maximum_percent":200,"circuit_breaker":{"enable":false,"rollback":false,"reset_on_healthy_task":true,"threshold_type":"bounded_percent","threshold_value":50}},"updated_at":1790000073000,"finished_at":1790000073000,"breaker":"disabled","breaker_failures":0,"breaker_threshold":3,"image_digests":{"main":"sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"}}');
INSERT INTO "service_deployment" VALUES (3, 2,
  '{"configuration":{"minimum_healthy_percent":50,"maximum_percent":150,"circuit_breaker":{"enable":false,"rollback":false,"reset_on_healthy_task":true,"threshold_type":"bounded_percent","threshold_value":50}},"sources":["ecs-svc/1636106807449963335"],"updated_at":1790000124000,"finished_at":1790000124000,"breaker":"disabled","breaker_failures":0,"breaker_threshold":3}');
INSERT INTO "service_deployment" VALUES (4, 4,
  '{"status_reason":"A newer deployment began: ecs-svc/4844052134576708850.","configuration":{"minimum_healthy_percent":50,"maximum_percent":150,"circuit_breaker":{"enable":true,"rollback":true,"reset_on_healthy_task":false,"threshold_type":"count","threshold_value":1}},"sources":["ecs-svc/2722696506342463596"],"updated_at":1790000176000,"finished_at":1790000176000,"stopped_at":1790000176000,"breaker":"triggered","breaker_failures":1,"breaker_threshold":1,"rollback":{"reason":"Service deployment rolled back because the circuit breaker threshold was exceeded: 1 tasks failed, and the threshold is 1. The last of them: CannotPullContainerError: no such image","started_at":1790000176000,"revision":"ecs-svc/2722696506342463596"}}');
INSERT INTO "service_deployment" VALUES (5, 1,
  '{"configuration":{"minimum_healthy_percent":50,"maximum_percent":150,"circuit_breaker":{"enable":true,"rollback":true,"reset_on_healthy_task":false,"threshold_type":"count","threshold_value":1},"lifecycle_hooks":[{"stages":["pre_scale_up","post_scale_up"],"timeout_min":60,"timeout_action":"proceed"}]},"sources":["ecs-svc/2722696506342463596"],"updated_at":1790000176000,"breaker":"monitoring","breaker_failures":0,"breaker_threshold":1,"hooks":[{"id":"hook-4844052134576708850-1","stage":"pre_scale_up","timeout_min":60,"timeout_action":"proceed","status":"awaiting_action","expires_at":1790003776000},{"id":"hook-4844052134576708850-2","stage":"post_scale_up","timeout_min":60,"timeout_action":"proceed","status":"ahead"}]}');
CREATE TABLE "event" (key INTEGER PRIMARY KEY, at INTEGER, account TEXT, region TEXT, kind TEXT,
  subject TEXT, detail TEXT) STRICT;
INSERT INTO "event" VALUES (1, 1790000000000, '123456789012', 'us-east-1', 'cluster.created',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '{}');
INSERT INTO "event" VALUES (2, 1790000001000, '123456789012', 'us-east-1', 'cluster.updated',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '{}');
INSERT INTO "event" VALUES (3, 1790000002000, '123456789012', 'us-east-1', 'account-setting.put',
  'arn:aws:iam::123456789012:user/build', '{}');
INSERT INTO "event" VALUES (4, 1790000003000, '123456789012', 'us-east-1', 'account-setting.put',
  'arn:aws:iam::123456789012:root', '{}');
INSERT INTO "event" VALUES (5, 1790000004000, '123456789012', 'us-east-1', 'capacity-provider.created',
  'arn:aws:ecs:us-east-1:123456789012:capacity-provider/blue', '{}');
INSERT INTO "event" VALUES (6, 1790000005000, '123456789012', 'us-east-1', 'capacity-provider.updated',
  'arn:aws:ecs:us-east-1:123456789012:capacity-provider/blue', '{}');
INSERT INTO "event" VALUES (7, 1790000006000, '123456789012', 'us-east-1', 'cluster.updated',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '{}');
INSERT INTO "event" VALUES (8, 1790000007000, '123456789012', 'us-east-1', 'cluster.created',
  'arn:aws:ecs:us-east-1:123456789012:cluster/gone', '{}');
INSERT INTO "event" VALUES (9, 1790000008000, '123456789012', 'us-east-1', 'cluster.deleted',
  'arn:aws:ecs:us-east-1:123456789012:cluster/gone', '{}');
INSERT INTO "event" VALUES (10, 1790000009000, '123456789012', 'us-east-1', 'user.created',
  'arn:aws:iam::123456789012:user/admin',
  '{"message":"made at the first start, with access key AKIAADMINADMINADMIN1"}');
INSERT INTO "event" VALUES (11, 1790000009000, '123456789012', 'us-east-1', 'user.created',
  'arn:aws:iam::123456789012:user/build', '{}');
INSERT INTO "event" VALUES (12, 1790000010000, '123456789012', 'us-east-1', 'key.created',
  'arn:aws:iam::123456789012:user/build', '{"message":"access key AKIABUILDBUILDBUILD1"}');
INSERT INTO "event" VALUES (13, 1790000011000, '123456789012', 'us-east-1', 'key.deactivated',
  'arn:aws:iam::123456789012:user/build', '{"message":"access key AKIABUILDBUILDBUILD1"}');
INSERT INTO "event" VALUES (14, 1790000012000, '123456789012', 'us-east-1', 'role.created',
  'arn:aws:iam::123456789012:role/app/reader', '{}');
INSERT INTO "event" VALUES (15, 1790000014000, '123456789012', 'us-east-1', 'token.created',
  'arn:aws:iam::123456789012:root', '{"message":"for a host of cluster c"}');
INSERT INTO "event" VALUES (16, 1790000015000, '123456789012', 'us-east-1', 'token.created',
  'arn:aws:iam::123456789012:root', '{"message":"for a host of the pool"}');
INSERT INTO "event" VALUES (17, 1790000016000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1', '{}');
INSERT INTO "event" VALUES (18, 1790000017000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2', '{}');
INSERT INTO "event" VALUES (19, 1790000018000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3', '{}');
INSERT INTO "event" VALUES (20, 1790000019000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/job:1', '{}');
INSERT INTO "event" VALUES (21, 1790000020000, '123456789012', 'us-east-1', 'definition.deregistered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3', '{}');
INSERT INTO "event" VALUES (22, 1790000021000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1"}');
INSERT INTO "event" VALUES (23, 1790000021000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2"}');
INSERT INTO "event" VALUES (24, 1790000021000, '123456789012', 'us-east-1', 'instance.changed',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2","why":"its host has booted"}');
INSERT INTO "event" VALUES (25, 1790000021000, '123456789012', 'us-east-1', 'tags.changed',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"message":"1 tags"}');
INSERT INTO "event" VALUES (26, 1790000022000, '123456789012', 'us-east-1', 'instance.attributes',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2"}');
INSERT INTO "event" VALUES (27, 1790000023000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/da211e6a663bd37311aabecb86beda3f',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"0.0.0.0","why":"by arn:aws:iam::123456789012:root"}');
INSERT INTO "event" VALUES (28, 1790000024000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/f6d0c233a1c4cb77febe023d51d6fc53',
  '{"availability_zone":"us-east-1a","address":"198.18.0.3"}');
INSERT INTO "event" VALUES (29, 1790000024000, '123456789012', 'us-east-1', 'instance.registered',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/616750997ac05e226953798876a2c369',
  '{"availability_zone":"us-east-1b","address":"198.18.0.4"}');
INSERT INTO "event" VALUES (30, 1790000024000, '123456789012', 'us-east-1', 'vpc',
  'vpc-a2c63dd28b74ebaf5', '{}');
INSERT INTO "event" VALUES (31, 1790000024000, '123456789012', 'us-east-1', 'security-group',
  'sg-ef836b25e7adadfc1', '{}');
INSERT INTO "event" VALUES (32, 1790000025000, '123456789012', 'us-east-1', 'security-group.rule',
  'sg-ef836b25e7adadfc1', '{}');
INSERT INTO "event" VALUES (33, 1790000026000, '123456789012', 'us-east-1', 'security-group.rule',
  'sg-ef836b25e7adadfc1', '{}');
INSERT INTO "event" VALUES (34, 1790000027000, '123456789012', 'us-east-1', 'security-group.rule',
  'sg-ef836b25e7adadfc1', '{}');
INSERT INTO "event" VALUES (35, 1790000028000, '123456789012', 'us-east-1', 'service.created',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '{"message":"ecs-svc/1636106807449963335"}');
INSERT INTO "event" VALUES (36, 1790000028000, '123456789012', 'us-east-1', 'deployment.in_progress',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"ecs-svc/1636106807449963335","reason":"ECS deployment ecs-svc/1636106807449963335 in progress."}');
INSERT INTO "event" VALUES (37, 1790000028000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/1d24d4fcb97f3f6a788a448cca5a9cf8',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (38, 1790000028000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/2bf4ebf5be54559b70c5b7ae5cf26313',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (39, 1790000028000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has started 2 tasks: (task 1d24d4fcb97f3f6a788a448cca5a9cf8) (task 2bf4ebf5be54559b70c5b7ae5cf26313)."}');
INSERT INTO "event" VALUES (40, 1790000029000, '123456789012', 'us-east-1', 'service.created',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs', '{"message":"ecs-svc/2078412720614623980"}');
INSERT INTO "event" VALUES (41, 1790000029000, '123456789012', 'us-east-1', 'deployment.in_progress',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs',
  '{"message":"ecs-svc/2078412720614623980","reason":"ECS deployment ecs-svc/2078412720614623980 in progress."}');
INSERT INTO "event" VALUES (42, 1790000029000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/82d3e7b986f2450af64022361833ce51',
  '{"cluster":"c","group":"service:jobs","definition":"job:1","last_status":"provisioning","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (43, 1790000029000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs',
  '{"message":"(service jobs) has started 1 tasks: (task 82d3e7b986f2450af64022361833ce51)."}');
INSERT INTO "event" VALUES (44, 1790000030000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/13cd652823a1dd380e48f4c4e0a4a57f',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (45, 1790000030000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/42f59ab2bf43c49de6fd00c1918aee5a',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (46, 1790000031000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/b8659b3e8125cd6699c06552c4dea376',
  '{"cluster":"c","group":"family:job","definition":"job:1","last_status":"provisioning","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (47, 1790000032000, '123456789012', 'us-east-1', 'cluster.updated',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '{}');
INSERT INTO "event" VALUES (48, 1790000033000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/13cd652823a1dd380e48f4c4e0a4a57f',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"started_at":1790000033000}');
INSERT INTO "event" VALUES (49, 1790000033000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/2bf4ebf5be54559b70c5b7ae5cf26313',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"},{"name":"side","last_status":"running","health":"unknown"}],"started_at":1790000033000}');
INSERT INTO "event" VALUES (50, 1790000033000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/1d24d4fcb97f3f6a788a448cca5a9cf8',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"},{"name":"side","last_status":"running","health":"unknown"}],"started_at":1790000033000}');
INSERT INTO "event" VALUES (51, 1790000033000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/42f59ab2bf43c49de6fd00c1918aee5a',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"started_at":1790000033000}');
INSERT INTO "event" VALUES (52, 1790000033000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/b8659b3e8125cd6699c06552c4dea376',
  '{"cluster":"c","group":"family:job","definition":"job:1","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"connectivity_at":1790000033000,"started_at":1790000033000}');
INSERT INTO "event" VALUES (53, 1790000033000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/82d3e7b986f2450af64022361833ce51',
  '{"cluster":"c","group":"service:jobs","definition":"job:1","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"connectivity_at":1790000033000,"started_at":1790000033000}');
INSERT INTO "event" VALUES (54, 1790000038000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/13cd652823a1dd380e48f4c4e0a4a57f',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":3,"containers":[{"name":"main","last_status":"running","health":"healthy"}],"pull_started_at":1790000030000,"pull_stopped_at":1790000030000,"started_at":1790000033000}');
INSERT INTO "event" VALUES (55, 1790000038000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/13cd652823a1dd380e48f4c4e0a4a57f',
  '{"cluster":"c","group":"by hand","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"essential_container_exited","stopped_reason":"Essential container in task exited","version":4,"containers":[{"name":"main","last_status":"stopped","exit_code":137,"reason":"OutOfMemoryError: container killed","health":"unknown"}],"pull_started_at":1790000030000,"pull_stopped_at":1790000030000,"started_at":1790000033000,"stopping_at":1790000038000,"execution_stopped_at":1790000038000,"stopped_at":1790000038000}');
INSERT INTO "event" VALUES (56, 1790000038000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/82d3e7b986f2450af64022361833ce51',
  '{"cluster":"c","group":"service:jobs","definition":"job:1","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":3,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"connectivity_at":1790000033000,"started_at":1790000033000}');
INSERT INTO "event" VALUES (57, 1790000038000, '123456789012', 'us-east-1', 'service.updated',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '{"message":"ecs-svc/2722696506342463596"}');
INSERT INTO "event" VALUES (58, 1790000038000, '123456789012', 'us-east-1', 'deployment.in_progress',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"ecs-svc/2722696506342463596","reason":"ECS deployment ecs-svc/2722696506342463596 in progress."}');
INSERT INTO "event" VALUES (59, 1790000038000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/1d24d4fcb97f3f6a788a448cca5a9cf8',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"stopped","health":"unknown","stop_code":"service_scheduler_initiated","stopped_reason":"Scaling activity initiated by (deployment ecs-svc/1636106807449963335)","version":3,"containers":[{"name":"main","last_status":"running","health":"unknown"},{"name":"side","last_status":"running","health":"unknown"}],"started_at":1790000033000,"stopping_at":1790000038000}');
INSERT INTO "event" VALUES (60, 1790000038000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has stopped 1 running tasks: (task 1d24d4fcb97f3f6a788a448cca5a9cf8)."}');
INSERT INTO "event" VALUES (61, 1790000039000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/1d24d4fcb97f3f6a788a448cca5a9cf8',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"service_scheduler_initiated","stopped_reason":"Scaling activity initiated by (deployment ecs-svc/1636106807449963335)","version":4,"containers":[{"name":"main","last_status":"stopped","exit_code":0,"health":"unknown"},{"name":"side","last_status":"stopped","exit_code":0,"health":"unknown"}],"started_at":1790000033000,"stopping_at":1790000038000,"stopped_at":1790000039000}');
INSERT INTO "event" VALUES (62, 1790000039000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/71ab0844b9b1b4f042c28d380df58438',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (63, 1790000039000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has started 1 tasks: (task 71ab0844b9b1b4f042c28d380df58438)."}');
INSERT INTO "event" VALUES (64, 1790000039000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error \"distinctInstance placement constraint unsatisfied.\".","reason":"distinctInstance placement constraint unsatisfied."}');
INSERT INTO "event" VALUES (65, 1790000039000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/71ab0844b9b1b4f042c28d380df58438',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"started_at":1790000039000}');
INSERT INTO "event" VALUES (66, 1790000069000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2","why":"its lease has ended"}');
INSERT INTO "event" VALUES (67, 1790000069000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/616750997ac05e226953798876a2c369',
  '{"availability_zone":"us-east-1b","address":"198.18.0.4","why":"its lease has ended"}');
INSERT INTO "event" VALUES (68, 1790000069000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1","why":"its lease has ended"}');
INSERT INTO "event" VALUES (69, 1790000069000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/f6d0c233a1c4cb77febe023d51d6fc53',
  '{"availability_zone":"us-east-1a","address":"198.18.0.3","why":"its lease has ended"}');
INSERT INTO "event" VALUES (70, 1790000069000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error \"AGENT\".","reason":"AGENT"}');
INSERT INTO "event" VALUES (71, 1790000073000, '123456789012', 'us-east-1', 'deployment.completed',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs',
  '{"message":"ecs-svc/2078412720614623980","reason":"ECS deployment ecs-svc/2078412720614623980 completed."}');
INSERT INTO "event" VALUES (72, 1790000073000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs',
  '{"message":"(service jobs) (deployment ecs-svc/2078412720614623980) deployment completed."}');
INSERT INTO "event" VALUES (73, 1790000073000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs',
  '{"message":"(service jobs) has reached a steady state."}');
INSERT INTO "event" VALUES (74, 1790000079000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/2bf4ebf5be54559b70c5b7ae5cf26313',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"running","desired_status":"stopped","health":"unknown","stop_code":"service_scheduler_initiated","stopped_reason":"Scaling activity initiated by (deployment ecs-svc/1636106807449963335)","version":3,"containers":[{"name":"main","last_status":"running","health":"unknown"},{"name":"side","last_status":"running","health":"unknown"}],"started_at":1790000033000,"stopping_at":1790000079000}');
INSERT INTO "event" VALUES (75, 1790000079000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has stopped 1 running tasks: (task 2bf4ebf5be54559b70c5b7ae5cf26313)."}');
INSERT INTO "event" VALUES (76, 1790000084000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1"}');
INSERT INTO "event" VALUES (77, 1790000084000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/2bf4ebf5be54559b70c5b7ae5cf26313',
  '{"cluster":"c","group":"service:web","definition":"web:1","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"service_scheduler_initiated","stopped_reason":"Scaling activity initiated by (deployment ecs-svc/1636106807449963335)","version":4,"containers":[{"name":"main","last_status":"stopped","exit_code":0,"health":"unknown"},{"name":"side","last_status":"stopped","exit_code":0,"health":"unknown"}],"started_at":1790000033000,"stopping_at":1790000079000,"stopped_at":1790000084000}');
INSERT INTO "event" VALUES (78, 1790000084000, '123456789012', 'us-east-1', 'deployment.removed',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '{"message":"ecs-svc/1636106807449963335"}');
INSERT INTO "event" VALUES (79, 1790000084000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/89dd7a2dec50221149224938c28d0971',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (80, 1790000084000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has started 1 tasks: (task 89dd7a2dec50221149224938c28d0971)."}');
INSERT INTO "event" VALUES (81, 1790000084000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2"}');
INSERT INTO "event" VALUES (82, 1790000084000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/f6d0c233a1c4cb77febe023d51d6fc53',
  '{"availability_zone":"us-east-1a","address":"198.18.0.3"}');
INSERT INTO "event" VALUES (83, 1790000084000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/616750997ac05e226953798876a2c369',
  '{"availability_zone":"us-east-1b","address":"198.18.0.4"}');
INSERT INTO "event" VALUES (84, 1790000084000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/89dd7a2dec50221149224938c28d0971',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"d70d3259e4e1cb631c663cf4d73c4c04","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"started_at":1790000084000}');
INSERT INTO "event" VALUES (85, 1790000114000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2","why":"its lease has ended"}');
INSERT INTO "event" VALUES (86, 1790000114000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/616750997ac05e226953798876a2c369',
  '{"availability_zone":"us-east-1b","address":"198.18.0.4","why":"its lease has ended"}');
INSERT INTO "event" VALUES (87, 1790000114000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1","why":"its lease has ended"}');
INSERT INTO "event" VALUES (88, 1790000114000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/f6d0c233a1c4cb77febe023d51d6fc53',
  '{"availability_zone":"us-east-1a","address":"198.18.0.3","why":"its lease has ended"}');
INSERT INTO "event" VALUES (89, 1790000124000, '123456789012', 'us-east-1', 'deployment.completed',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"ecs-svc/2722696506342463596","reason":"ECS deployment ecs-svc/2722696506342463596 completed."}');
INSERT INTO "event" VALUES (90, 1790000124000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) (deployment ecs-svc/2722696506342463596) deployment completed."}');
INSERT INTO "event" VALUES (91, 1790000124000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has reached a steady state."}');
INSERT INTO "event" VALUES (92, 1790000129000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1"}');
INSERT INTO "event" VALUES (93, 1790000129000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2"}');
INSERT INTO "event" VALUES (94, 1790000129000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/f6d0c233a1c4cb77febe023d51d6fc53',
  '{"availability_zone":"us-east-1a","address":"198.18.0.3"}');
INSERT INTO "event" VALUES (95, 1790000129000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/616750997ac05e226953798876a2c369',
  '{"availability_zone":"us-east-1b","address":"198.18.0.4"}');
INSERT INTO "event" VALUES (96, 1790000159000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2","why":"its lease has ended"}');
INSERT INTO "event" VALUES (97, 1790000159000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/616750997ac05e226953798876a2c369',
  '{"availability_zone":"us-east-1b","address":"198.18.0.4","why":"its lease has ended"}');
INSERT INTO "event" VALUES (98, 1790000159000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1","why":"its lease has ended"}');
INSERT INTO "event" VALUES (99, 1790000159000, '123456789012', 'us-east-1', 'instance.disconnected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/f6d0c233a1c4cb77febe023d51d6fc53',
  '{"availability_zone":"us-east-1a","address":"198.18.0.3","why":"its lease has ended"}');
INSERT INTO "event" VALUES (100, 1790000174000, '123456789012', 'us-east-1', 'definition.registered',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/bad:1', '{}');
INSERT INTO "event" VALUES (101, 1790000175000, '123456789012', 'us-east-1', 'service.updated',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '{"message":"ecs-svc/2029357966365906655"}');
INSERT INTO "event" VALUES (102, 1790000175000, '123456789012', 'us-east-1', 'deployment.in_progress',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"ecs-svc/2029357966365906655","reason":"ECS deployment ecs-svc/2029357966365906655 in progress."}');
INSERT INTO "event" VALUES (103, 1790000175000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/71ab0844b9b1b4f042c28d380df58438',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"stopped","health":"unknown","stop_code":"service_scheduler_initiated","stopped_reason":"Scaling activity initiated by (deployment ecs-svc/2722696506342463596)","version":3,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"started_at":1790000039000,"stopping_at":1790000175000}');
INSERT INTO "event" VALUES (104, 1790000175000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has stopped 1 running tasks: (task 71ab0844b9b1b4f042c28d380df58438)."}');
INSERT INTO "event" VALUES (105, 1790000176000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1"}');
INSERT INTO "event" VALUES (106, 1790000176000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95',
  '{"cluster":"c","availability_zone":"us-east-1b","address":"198.18.0.2"}');
INSERT INTO "event" VALUES (107, 1790000176000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/71ab0844b9b1b4f042c28d380df58438',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"service_scheduler_initiated","stopped_reason":"Scaling activity initiated by (deployment ecs-svc/2722696506342463596)","version":4,"containers":[{"name":"main","last_status":"stopped","exit_code":0,"health":"unknown"}],"started_at":1790000039000,"stopping_at":1790000175000,"stopped_at":1790000176000}');
INSERT INTO "event" VALUES (108, 1790000176000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/d201eb9cdaece7f6e8b385d91a46b1b5',
  '{"cluster":"c","group":"service:web","definition":"bad:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (109, 1790000176000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has started 1 tasks: (task d201eb9cdaece7f6e8b385d91a46b1b5)."}');
INSERT INTO "event" VALUES (110, 1790000176000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error \"distinctInstance placement constraint unsatisfied.\".","reason":"distinctInstance placement constraint unsatisfied."}');
INSERT INTO "event" VALUES (111, 1790000176000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/f6d0c233a1c4cb77febe023d51d6fc53',
  '{"availability_zone":"us-east-1a","address":"198.18.0.3"}');
INSERT INTO "event" VALUES (112, 1790000176000, '123456789012', 'us-east-1', 'instance.connected',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/pool/616750997ac05e226953798876a2c369',
  '{"availability_zone":"us-east-1b","address":"198.18.0.4"}');
INSERT INTO "event" VALUES (113, 1790000176000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/d201eb9cdaece7f6e8b385d91a46b1b5',
  '{"cluster":"c","group":"service:web","definition":"bad:1","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"task_failed_to_start","stopped_reason":"Task failed to start","version":2,"containers":[{"name":"main","last_status":"stopped","exit_code":0,"reason":"CannotPullContainerError: no such image","health":"unknown"}],"stopping_at":1790000176000,"stopped_at":1790000176000}');
INSERT INTO "event" VALUES (114, 1790000176000, '123456789012', 'us-east-1', 'deployment.failed',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"ecs-svc/2029357966365906655","reason":"ECS deployment circuit breaker: tasks failed to start."}');
INSERT INTO "event" VALUES (115, 1790000176000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) (deployment ecs-svc/2029357966365906655) deployment failed: tasks failed to start."}');
INSERT INTO "event" VALUES (116, 1790000176000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) rolling back to deployment ecs-svc/2722696506342463596."}');
INSERT INTO "event" VALUES (117, 1790000176000, '123456789012', 'us-east-1', 'deployment.removed',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '{"message":"ecs-svc/2029357966365906655"}');
INSERT INTO "event" VALUES (118, 1790000176000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/c72bf81f5f447b65488925f0b60b4ffb',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"pending","desired_status":"running","health":"unknown","stop_code":"none","version":1}');
INSERT INTO "event" VALUES (119, 1790000176000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) has started 1 tasks: (task c72bf81f5f447b65488925f0b60b4ffb)."}');
INSERT INTO "event" VALUES (120, 1790000176000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/c72bf81f5f447b65488925f0b60b4ffb',
  '{"cluster":"c","group":"service:web","definition":"web:2","instance":"022ab1ba804098e6cb293e6770eb3a95","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":2,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"started_at":1790000176000}');
INSERT INTO "event" VALUES (121, 1790000176000, '123456789012', 'us-east-1', 'service.updated',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '{"message":"ecs-svc/4844052134576708850"}');
INSERT INTO "event" VALUES (122, 1790000176000, '123456789012', 'us-east-1', 'deployment.in_progress',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"ecs-svc/4844052134576708850","reason":"ECS deployment ecs-svc/4844052134576708850 in progress."}');
INSERT INTO "event" VALUES (123, 1790000176000, '123456789012', 'us-east-1', 'deployment.paused',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"ecs-svc/4844052134576708850","reason":"ECS deployment ecs-svc/4844052134576708850 in progress."}');
INSERT INTO "event" VALUES (124, 1790000176000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) (deployment ecs-svc/4844052134576708850) deployment is paused by a lifecycle hook until ContinueServiceDeployment is called."}');
INSERT INTO "event" VALUES (125, 1790000177000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/b8659b3e8125cd6699c06552c4dea376',
  '{"cluster":"c","group":"family:job","definition":"job:1","last_status":"running","desired_status":"stopped","health":"unknown","stop_code":"user_initiated","stopped_reason":"seen enough","version":3,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"connectivity_at":1790000033000,"started_at":1790000033000,"stopping_at":1790000177000}');
INSERT INTO "event" VALUES (126, 1790000178000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/b8659b3e8125cd6699c06552c4dea376',
  '{"cluster":"c","group":"family:job","definition":"job:1","last_status":"stopped","desired_status":"stopped","health":"unknown","stop_code":"user_initiated","stopped_reason":"seen enough","version":4,"containers":[{"name":"main","last_status":"stopped","exit_code":0,"health":"unknown"}],"connectivity_at":1790000033000,"started_at":1790000033000,"stopping_at":1790000177000,"stopped_at":1790000178000}');
INSERT INTO "event" VALUES (127, 1790000178000, '123456789012', 'us-east-1', 'task',
  'arn:aws:ecs:us-east-1:123456789012:task/c/82d3e7b986f2450af64022361833ce51',
  '{"cluster":"c","group":"service:jobs","definition":"job:1","last_status":"running","desired_status":"running","health":"unknown","stop_code":"none","version":4,"containers":[{"name":"main","last_status":"running","health":"unknown"}],"connectivity_at":1790000033000,"started_at":1790000033000}');
INSERT INTO "event" VALUES (128, 1790000178000, '123456789012', 'us-east-1', 'task.protected',
  'arn:aws:ecs:us-east-1:123456789012:task/c/82d3e7b986f2450af64022361833ce51',
  '{"message":"for 120 minutes"}');
INSERT INTO "event" VALUES (129, 1790000179000, '123456789012', 'us-east-1', 'instance.draining',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04',
  '{"cluster":"c","availability_zone":"us-east-1a","address":"198.18.0.1"}');
INSERT INTO "event" VALUES (130, 1790000179000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  '{"message":"(service web) was unable to place a task because no container instance met all of its requirements. Reason: The closest matching (container-instance 022ab1ba804098e6cb293e6770eb3a95) encountered error \"distinctInstance placement constraint unsatisfied.\".","reason":"distinctInstance placement constraint unsatisfied."}');
INSERT INTO "event" VALUES (131, 1790000180000, '123456789012', 'us-east-1', 'service.created',
  'arn:aws:ecs:us-east-1:123456789012:service/c/sets', '{}');
INSERT INTO "event" VALUES (132, 1790000181000, '123456789012', 'us-east-1', 'task_set.created',
  'arn:aws:ecs:us-east-1:123456789012:task-set/c/sets/ecs-svc/4697068266323246350',
  '{"message":"ecs-svc/4697068266323246350"}');
INSERT INTO "event" VALUES (133, 1790000181000, '123456789012', 'us-east-1', 'service',
  'arn:aws:ecs:us-east-1:123456789012:service/c/sets',
  '{"message":"(service sets, taskSet ecs-svc/4697068266323246350) has reached a steady state."}');
CREATE TABLE "meter" (key INTEGER PRIMARY KEY, task INTEGER, sequence INTEGER,
  monotonic_start_ns INTEGER, monotonic_end_ns INTEGER, wall_start INTEGER, wall_end INTEGER,
  cpu_time_ns INTEGER, memory_byte_seconds INTEGER, memory_peak_bytes INTEGER, last INTEGER) STRICT;
INSERT INTO "meter" VALUES (1, 6, 1, 0, 30000000000, 1789999978000, 1790000008000, 5000000000,
  3000000000, 100000001, 0);
INSERT INTO "meter" VALUES (2, 6, 2, 30000000000, 60000000000, 1790000008000, 1790000038000,
  5000000000, 3000000000, 100000002, 1);
INSERT INTO "meter" VALUES (3, 3, 1, 0, 30000000000, 1789999978000, 1790000008000, 5000000000,
  3000000000, 100000001, 0);
INSERT INTO "meter" VALUES (4, 3, 2, 30000000000, 60000000000, 1790000008000, 1790000038000,
  5000000000, 3000000000, 100000002, 0);
CREATE TABLE "audit" (key INTEGER PRIMARY KEY, at INTEGER, account TEXT, region TEXT, principal TEXT,
  source TEXT, request_id TEXT, operation TEXT, error TEXT, message TEXT, resources TEXT,
  parameters TEXT) STRICT;
INSERT INTO "audit" VALUES (1, 1790000000000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateCluster', '', '',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '');
INSERT INTO "audit" VALUES (2, 1790000001000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'UpdateCluster', '', '',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '');
INSERT INTO "audit" VALUES (3, 1790000002000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'PutAccountSetting', '', '',
  'arn:aws:iam::123456789012:user/build', '');
INSERT INTO "audit" VALUES (4, 1790000003000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'PutAccountSettingDefault', '', '',
  'arn:aws:iam::123456789012:root', '');
INSERT INTO "audit" VALUES (5, 1790000004000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateCapacityProvider', '', '',
  'arn:aws:ecs:us-east-1:123456789012:capacity-provider/blue', '');
INSERT INTO "audit" VALUES (6, 1790000005000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'UpdateCapacityProvider', '', '',
  'arn:aws:ecs:us-east-1:123456789012:capacity-provider/blue', '');
INSERT INTO "audit" VALUES (7, 1790000006000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'PutClusterCapacityProviders', '', '',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '');
INSERT INTO "audit" VALUES (8, 1790000007000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateCluster', '', '',
  'arn:aws:ecs:us-east-1:123456789012:cluster/gone', '');
INSERT INTO "audit" VALUES (9, 1790000008000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'DeleteCluster', '', '',
  'arn:aws:ecs:us-east-1:123456789012:cluster/gone', '');
INSERT INTO "audit" VALUES (10, 1790000009000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateUser', '', '', 'arn:aws:iam::123456789012:user/build',
  '');
INSERT INTO "audit" VALUES (11, 1790000010000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateAccessKey', '', '',
  'arn:aws:iam::123456789012:user/build', '');
INSERT INTO "audit" VALUES (12, 1790000011000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'UpdateAccessKey', '', '',
  'arn:aws:iam::123456789012:user/build', '');
INSERT INTO "audit" VALUES (13, 1790000012000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateRole', '', '',
  'arn:aws:iam::123456789012:role/app/reader', '');
INSERT INTO "audit" VALUES (14, 1790000013000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateSession', '', '', '', '');
INSERT INTO "audit" VALUES (15, 1790000014000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateJoinToken', '', '', 'arn:aws:iam::123456789012:root',
  '');
INSERT INTO "audit" VALUES (16, 1790000015000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateJoinToken', '', '', 'arn:aws:iam::123456789012:root',
  '');
INSERT INTO "audit" VALUES (17, 1790000016000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'RegisterTaskDefinition', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1', '');
INSERT INTO "audit" VALUES (18, 1790000017000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'RegisterTaskDefinition', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2', '');
INSERT INTO "audit" VALUES (19, 1790000018000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'RegisterTaskDefinition', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3', '');
INSERT INTO "audit" VALUES (20, 1790000019000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'RegisterTaskDefinition', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/job:1', '');
INSERT INTO "audit" VALUES (21, 1790000020000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'DeregisterTaskDefinition', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3', '');
INSERT INTO "audit" VALUES (22, 1790000021000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'TagResource', '', '',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95', '');
INSERT INTO "audit" VALUES (23, 1790000022000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'PutAttributes', '', '',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/022ab1ba804098e6cb293e6770eb3a95', '');
INSERT INTO "audit" VALUES (24, 1790000023000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'RegisterContainerInstance', '', '',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/da211e6a663bd37311aabecb86beda3f', '');
INSERT INTO "audit" VALUES (25, 1790000024000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateSecurityGroup', '', '',
  'vpc-a2c63dd28b74ebaf5
sg-ef836b25e7adadfc1', '');
INSERT INTO "audit" VALUES (26, 1790000025000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'AuthorizeSecurityGroupIngress', '', '',
  'sg-ef836b25e7adadfc1', '');
INSERT INTO "audit" VALUES (27, 1790000026000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'AuthorizeSecurityGroupIngress', '', '',
  'sg-ef836b25e7adadfc1', '');
INSERT INTO "audit" VALUES (28, 1790000027000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'AuthorizeSecurityGroupEgress', '', '',
  'sg-ef836b25e7adadfc1', '');
INSERT INTO "audit" VALUES (29, 1790000028000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateService', '', '',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '');
INSERT INTO "audit" VALUES (30, 1790000029000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateService', '', '',
  'arn:aws:ecs:us-east-1:123456789012:service/c/jobs', '');
INSERT INTO "audit" VALUES (31, 1790000030000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'RunTask', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task/c/13cd652823a1dd380e48f4c4e0a4a57f
arn:aws:ecs:us-east-1:123456789012:task/c/42f59ab2bf43c49de6fd00c1918aee5a',
  '');
INSERT INTO "audit" VALUES (32, 1790000031000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'RunTask', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task/c/b8659b3e8125cd6699c06552c4dea376', '');
INSERT INTO "audit" VALUES (33, 1790000032000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'PutClusterCapacityProviders', '', '',
  'arn:aws:ecs:us-east-1:123456789012:cluster/c', '');
INSERT INTO "audit" VALUES (34, 1790000038000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'UpdateService', '', '',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '');
INSERT INTO "audit" VALUES (35, 1790000174000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'RegisterTaskDefinition', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task-definition/bad:1', '');
INSERT INTO "audit" VALUES (36, 1790000175000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'UpdateService', '', '',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '');
INSERT INTO "audit" VALUES (37, 1790000176000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'UpdateService', '', '',
  'arn:aws:ecs:us-east-1:123456789012:service/c/web', '');
INSERT INTO "audit" VALUES (38, 1790000177000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'StopTask', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task/c/b8659b3e8125cd6699c06552c4dea376', '');
INSERT INTO "audit" VALUES (39, 1790000178000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'UpdateTaskProtection', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task/c/82d3e7b986f2450af64022361833ce51', '');
INSERT INTO "audit" VALUES (40, 1790000179000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'UpdateContainerInstancesState', '', '',
  'arn:aws:ecs:us-east-1:123456789012:container-instance/c/d70d3259e4e1cb631c663cf4d73c4c04', '');
INSERT INTO "audit" VALUES (41, 1790000180000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateService', '', '',
  'arn:aws:ecs:us-east-1:123456789012:service/c/sets', '');
INSERT INTO "audit" VALUES (42, 1790000181000, '123456789012', 'us-east-1',
  'arn:aws:iam::123456789012:root', '', '', 'CreateTaskSet', '', '',
  'arn:aws:ecs:us-east-1:123456789012:task-set/c/sets/ecs-svc/4697068266323246350', '');
