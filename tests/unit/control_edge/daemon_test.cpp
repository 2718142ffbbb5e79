#include "control/edge/daemon/daemon.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "control/edge/access/secrets.h"
#include "control/edge/export/price_file.h"
#include "schemas/wire/wire.h"
#include "tests/unit/control_http/raw_client.h"

namespace control::edge {

namespace {

using control_http_test::body_of;
using control_http_test::get;
using control_http_test::post;
using control_http_test::RawClient;
using control_http_test::status_of;

/// A whole control in this process, with a directory of its own.
class Control {
 public:
  Control() : directory_("/tmp/stowage-daemon-XXXXXX") {
    REQUIRE(::mkdtemp(directory_.data()) != nullptr);
    start();
  }
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;
  ~Control() {
    daemon_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void start() {
    DaemonOptions options;
    options.listen = {"127.0.0.1:0", "127.0.0.1:0"};
    options.data = directory_;
    options.auth = DaemonOptions::Auth::off;
    options.settings.prices = read_prices(default_prices(), "default").value();
    options.settings.deploy.healthy_after = schemas::Duration{0};
    options.fail = [](const schemas::Error& error) { FAIL(error.message); };
    auto opened = open_daemon(options);
    if (!opened.ok()) {
      FAIL(opened.error().message);
    }
    daemon_ = std::move(opened).value();
  }
  void stop() { daemon_->stop(schemas::Duration{10'000}); }
  void restart() {
    daemon_.reset();
    start();
  }

  [[nodiscard]] RawClient client() const { return RawClient(daemon_->addresses().front()); }
  [[nodiscard]] const std::vector<std::string>& addresses() const { return daemon_->addresses(); }
  [[nodiscard]] std::string file(const std::string& name) const {
    std::ifstream stream(directory_ + "/" + name);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  /// One request on a connection of its own.
  [[nodiscard]] std::string ask(const std::string& request) const {
    RawClient one = client();
    CHECK(one.send(request));
    return one.receive();
  }
  [[nodiscard]] std::string aws(const std::string& operation, const std::string& body) const {
    return ask(post("/", body,
                    "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: "
                    "AmazonEC2ContainerServiceV20141113." +
                        operation + "\r\n"));
  }

 private:
  std::string directory_;
  std::unique_ptr<Daemon> daemon_;
};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// A host as control sees it: says what a test tells it to say.
class Host {
 public:
  Host(const Control& control, const std::string& cluster) : control_(control) {
    schemas::JoinRequest request;
    request.cluster = cluster;
    request.secret = secret_;
    request.boot_id = "boot";
    request.inventory.cpu = {4096};
    request.inventory.memory = {8192};
    request.inventory.eni_capacity = 10;
    request.inventory.availability_zone = "us-east-1a";
    request.inventory.address = {0xc6120002U};
    const std::string answer = control.ask(post("/agent/v1/join", wire::encode(request)));
    REQUIRE_MESSAGE(status_of(answer) == 200, answer);
    joined_ = wire::decode<schemas::JoinAnswer>(body_of(answer)).value();
    message_.agent = joined_.instance;
    message_.boot_id = "boot";
    message_.inventory = request.inventory;
  }

  [[nodiscard]] std::string bearer() const { return "Authorization: Bearer " + secret_ + "\r\n"; }
  [[nodiscard]] std::string sync_request() const {
    return post("/agent/v1/sync", wire::encode(message_), bearer());
  }
  schemas::SyncAnswer take(const std::string& answer) {
    REQUIRE_MESSAGE(status_of(answer) == 200, answer);
    schemas::SyncAnswer read = wire::decode<schemas::SyncAnswer>(body_of(answer)).value();
    message_.have_version = read.version;
    return read;
  }
  schemas::SyncAnswer sync() { return take(control_.ask(sync_request())); }

  /// Reports the task as running.
  void runs(const schemas::TaskAssignment& task) {
    schemas::TaskReport report;
    report.id = task.id;
    report.status = schemas::TaskStatus::running;
    for (const schemas::ContainerAssignment& container : task.containers) {
      schemas::ContainerReport part;
      part.name = container.definition.name;
      part.status = schemas::ContainerStatus::running;
      report.containers.push_back(part);
    }
    message_.tasks = {report};
    ++message_.report_sequence;
    CHECK(sync().acknowledged == message_.report_sequence);
    message_.tasks.clear();
  }
  schemas::SyncRequest& message() { return message_; }

 private:
  const Control& control_;
  const std::string secret_ = access::new_secret();
  schemas::JoinAnswer joined_;
  schemas::SyncRequest message_;
};

constexpr const char* definition =
    R"({"family":"web","containerDefinitions":[{"name":"main","image":"x","memory":64}]})";

/// A task that its host runs.
schemas::TaskAssignment running_task(const Control& control, Host& host) {
  REQUIRE(status_of(control.aws("RegisterTaskDefinition", definition)) == 200);
  host.sync();
  const std::string answer =
      control.aws("RunTask", R"({"cluster":"default","taskDefinition":"web"})");
  REQUIRE_MESSAGE(has(answer, "\"failures\":[]"), answer);
  const schemas::SyncAnswer told = host.sync();
  REQUIRE(told.tasks_set.size() == 1);
  host.runs(told.tasks_set.front());
  return told.tasks_set.front();
}

}  // namespace

TEST_CASE("requests that are wrong are answered as AWS answers them") {
  const Control control;
  const auto refused = [&](const std::string& answer, int status, std::string_view type) {
    CHECK_MESSAGE(status_of(answer) == status, answer);
    CHECK_MESSAGE(has(answer, "\"__type\":\"" + std::string(type) + "\""), answer);
    CHECK_MESSAGE(has(answer, "x-amzn-RequestId: "), answer);
    CHECK_MESSAGE(has(answer, "x-amzn-ErrorType: " + std::string(type)), answer);
  };
  refused(control.aws("MakeCoffee", "{}"), 400, "UnknownOperationException");
  refused(control.aws("ExecuteCommand", "{}"), 400, "UnsupportedFeatureException");
  refused(control.aws("GetBill", "{}"), 400, "UnknownOperationException");
  refused(control.aws("CreateCluster", "{\"clusterName\":"), 400, "SerializationException");
  refused(control.aws("CreateCluster", "{\"clusterName\":7}"), 400, "SerializationException");
  refused(control.aws("CreateCluster", R"({"clusterName":"a","clusterName":"b"})"), 400,
          "SerializationException");
  refused(control.aws("CreateCluster", std::string(100, '[') + std::string(100, ']')), 400,
          "SerializationException");
  // NOLINTNEXTLINE(bugprone-string-constructor): long is the point
  refused(control.aws("CreateCluster", std::string(10'000'000, ' ')), 413,
          "RequestEntityTooLargeException");
  refused(control.aws("RegisterTaskDefinition", "{}"), 400, "ClientException");
  refused(control.aws("DeleteCluster", R"({"cluster":"nope"})"), 400, "ClusterNotFoundException");
  refused(control.ask(post("/", "{}", "Content-Type: text/plain\r\n")), 400,
          "UnknownOperationException");
  refused(control.ask(post("/", "{}",
                           "Content-Type: application/x-amz-json-1.1\r\n"
                           "X-Amz-Target: DynamoDB_20120810.ListTables\r\n")),
          400, "UnknownOperationException");
  refused(control.ask(get("/")), 405, "UnknownOperationException");
  refused(control.ask(get("/nowhere")), 404, "UnknownOperationException");
  refused(control.ask(get("/console/")), 404, "ResourceNotFoundException");
  CHECK(status_of(control.aws("ListClusters", "")) == 200);
}

TEST_CASE("REST speaks the same operations with the statuses of REST") {
  const Control control;
  const std::string json = "Content-Type: application/json\r\n";
  const std::string created = control.ask(post("/v1/clusters", R"({"clusterName":"rest"})", json));
  CHECK(status_of(created) == 200);
  CHECK(has(created, "cluster/rest"));
  CHECK(status_of(control.ask(post("/v1/clusters", "{}", "Content-Type: text/plain\r\n"))) == 400);
  CHECK(status_of(control.ask(get("/v1/nowhere"))) == 404);
  CHECK(status_of(control.ask(get("/v1/clusters/nope/services"))) == 404);
  CHECK(has(control.ask(get("/v1/openapi.json")), "\"openapi\""));
  CHECK(has(control.ask(get("/v1/bill")), "\"lines\":[]"));
  const std::string other = control.ask(get("/v1/clusters",
                                            "Authorization: AWS4-HMAC-SHA256 "
                                            "Credential=A/1/eu-west-1/ecs/aws4_request, x\r\n"));
  CHECK(has(other, "\"clusterArns\":[]"));
  const std::string foreign = control.ask(get("/v1/clusters", "Origin: https://evil.example\r\n"));
  CHECK(status_of(foreign) == 403);
}

TEST_CASE("what was acknowledged is there after a restart, on the addresses that `address` names") {
  Control control;
  CHECK(control.file("address") == control.addresses()[0] + "\n" + control.addresses()[1] + "\n");
  CHECK(status_of(control.aws("CreateCluster", R"({"clusterName":"kept"})")) == 200);
  control.stop();
  control.restart();
  CHECK(has(control.aws("ListClusters", "{}"), "cluster/kept"));
}

TEST_CASE("health and metrics are served, with the world's counts among them") {
  const Control control;
  CHECK(has(control.ask(get("/healthz")), R"({"status":"ok"})"));
  static_cast<void>(control.aws("CreateCluster", "{}"));
  Host host(control, "default");
  running_task(control, host);
  const std::string metrics = control.ask(get("/metrics"));
  CHECK_MESSAGE(has(metrics, "stowage_tasks{launch_type=\"ec2\",last_status=\"running\"} 1"),
                metrics);
  CHECK(has(metrics, "stowage_container_instances{kind=\"cluster\",state=\"connected\"} 1"));
  CHECK(has(metrics, "stowage_requests_total{operation=\"AgentSync\",code=\"200\"}"));
}

TEST_CASE("events are streamed from a sequence number on, and new ones as they happen") {
  const Control control;
  static_cast<void>(control.aws("CreateCluster", R"({"clusterName":"one"})"));
  const std::string all = [&] {
    RawClient client = control.client();
    REQUIRE(client.send(get("/v1/events?after=0&follow=false")));
    return client.receive_until("0\r\n\r\n");
  }();
  CHECK(has(all, "id: 1\n"));
  CHECK(has(all, "cluster/one"));
  RawClient follower = control.client();
  REQUIRE(follower.send(get("/v1/events", "Last-Event-ID: 1\r\n")));
  CHECK(has(follower.receive_until("\r\n\r\n"), "text/event-stream"));
  static_cast<void>(control.aws("CreateCluster", R"({"clusterName":"two"})"));
  CHECK(has(follower.receive_until("cluster/two"), "id: "));
  CHECK(status_of(control.ask(get("/v1/events?after=soon"))) == 400);
}

TEST_CASE("a host speaks with the secret of its join, for itself only") {
  const Control control;
  Host host(control, "default");
  Host other(control, "default");
  CHECK(host.sync().full);
  CHECK(status_of(control.ask(post("/agent/v1/sync", "{}"))) == 401);
  CHECK(status_of(control.ask(post("/agent/v1/sync", wire::encode(host.message()),
                                   "Authorization: Bearer 0000000000000000\r\n"))) == 401);
  // Whom the message names does not matter: the secret decides.
  const schemas::SyncAnswer mine = host.sync();
  host.message().agent = other.message().agent;
  CHECK(host.sync().version == mine.version);
  CHECK(status_of(control.ask(post("/agent/v1/sync", "{\"agent\":7}", other.bearer()))) == 400);
  CHECK(status_of(control.ask(get("/agent/v1/sync"))) == 405);
}

TEST_CASE("a parked host hears of a task as soon as it is placed there") {
  const Control control;
  Host host(control, "default");
  REQUIRE(status_of(control.aws("RegisterTaskDefinition", definition)) == 200);
  host.sync();
  host.message().hold_ms = 20'000;
  RawClient parked = control.client();
  REQUIRE(parked.send(host.sync_request()));
  const std::string answer =
      control.aws("RunTask", R"({"cluster":"default","taskDefinition":"web"})");
  CHECK_MESSAGE(has(answer, "\"failures\":[]"), answer);
  const schemas::SyncAnswer told = host.take(parked.receive());
  REQUIRE(told.tasks_set.size() == 1);
  CHECK(has(answer, told.tasks_set.front().arn));
}

TEST_CASE("a log is read through control, piece by piece, from the host that has it") {
  const Control control;
  Host host(control, "default");
  const schemas::TaskAssignment task = running_task(control, host);
  RawClient reader = control.client();
  REQUIRE(reader.send(get("/v1/tasks/" + task.id.text() + "/logs?cluster=default&follow=true")));
  schemas::SyncAnswer told = host.sync();
  for (int tries = 0; told.asks.empty() && tries < 1'000; ++tries) {
    told = host.sync();
  }
  REQUIRE(told.asks.size() == 1);
  CHECK(told.asks.front().purpose == schemas::AskPurpose::follow_log);
  const std::string path = "/agent/v1/streams/" + told.asks.front().id.text();
  const std::string head = " HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n";

  const Host stranger(control, "default");
  CHECK(status_of(control.ask(post(path, "", stranger.bearer()))) == 410);
  CHECK(status_of(control.ask(post(path, ""))) == 401);

  RawClient stream = control.client();
  REQUIRE(stream.send("POST " + path + head + host.bearer() + "\r\n6\r\nline1\n\r\n"));
  CHECK(has(reader.receive_until("line1\n"), "application/x-ndjson"));
  REQUIRE(stream.send("6\r\nline2\n\r\n"));
  CHECK(has(reader.receive_until("line2\n"), "line2"));
  reader.close();
  // The host keeps writing until it notices that nobody reads any more.
  CHECK(stream.closed());
}

TEST_CASE("a log that ends ends the reader's answer, one that breaks off cuts it short") {
  const Control control;
  Host host(control, "default");
  const schemas::TaskAssignment task = running_task(control, host);
  for (const std::string& ending : {std::string("0\r\n\r\n"), std::string("5\r\nhal")}) {
    RawClient reader = control.client();
    REQUIRE(reader.send(get("/v1/tasks/" + task.id.text() + "/logs?cluster=default")));
    schemas::SyncAnswer told = host.sync();
    for (int tries = 0; told.asks.empty() && tries < 1'000; ++tries) {
      told = host.sync();
    }
    REQUIRE(told.asks.size() == 1);
    RawClient stream = control.client();
    REQUIRE(stream.send("POST /agent/v1/streams/" + told.asks.front().id.text() +
                        " HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n" + host.bearer() +
                        "\r\n6\r\nline1\n\r\n" + ending));
    const bool whole = ending.starts_with("0");
    if (whole) {
      CHECK(status_of(stream.receive()) == 200);
    }
    stream.close();
    const std::string received = reader.receive_until("0\r\n\r\n");
    CHECK(has(received, whole ? "line1\n" : "HTTP/1.1 200"));
    CHECK(received.ends_with("0\r\n\r\n") == whole);
  }
  CHECK(status_of(control.ask(
            get("/v1/tasks/" + std::string(32, 'a') + "/logs?cluster=default"))) >= 400);
  CHECK(status_of(control.ask(get("/v1/tasks/" + task.id.text() + "/logs?tail=many"))) == 400);
}

}  // namespace control::edge
