// The picture of the rooms and the packages' places, as data. An arrow that is not here does not
// exist; a package that is not here is not used.

#include "tests/tidy/rules.h"

namespace tidy {

namespace {

using enum Area::Purity;

constexpr std::string_view base = "schemas/base";
constexpr std::string_view model = "schemas/model";

}  // namespace

const std::vector<Area>& areas() {
  static const std::vector<Area> table{
      // The shared language. `api/` is what the generator writes into the build folder.
      {"schemas/base", core, {}},
      {"schemas/model", core, {base}},
      {"api", core, {base, "schemas/codec"}},
      {"schemas/codec", edge, {base, model, "api"}},
      {"schemas/wire", edge, {base, model, "schemas/codec", "api"}},
      {"schemas/generator", edge, {base, "schemas/codec"}},
      // Cores: what they decide, they decide from their arguments.
      {"netif/core", core, {base, model}},
      {"capacity/core", core, {base, model}},
      {"fargate-pool/core", core, {base, model}},
      {"agent/core", core, {base, model, "netif/core"}},
      {"control/core", core, {base, model, "netif/core", "capacity/core", "fargate-pool/core"}},
      {"control/core/loop",
       core,
       {base, model, "api", "schemas/codec", "schemas/wire", "control/core", "netif/core",
        "capacity/core", "fargate-pool/core"}},
      // Edges: each its own core, the language, and packages.
      {"netif/edge", edge, {base, model, "netif/core"}},
      {"fargate-pool/edge", edge, {base, model, "fargate-pool/core"}},
      {"capacity/edge", edge, {base, model, "schemas/codec", "schemas/wire", "capacity/core"}},
      {"agent",
       edge,
       {base, model, "schemas/codec", "schemas/wire", "agent/core", "netif/core", "netif/edge",
        "fargate-pool/core", "fargate-pool/edge"}},
      {"control/edge",
       edge,
       {base, model, "api", "schemas/codec", "schemas/wire", "control/core", "control/core/loop"}},
      {"control/main.cpp",
       edge,
       {base, model, "schemas/codec", "control/edge", "control/core", "control/core/loop"}},
      // A client: it knows the API and nothing else of the house.
      {"control/cli", edge, {base, model, "api", "schemas/codec", "schemas/wire"}},
      {"tests",
       edge,
       {base, model, "api", "schemas/codec", "schemas/wire", "schemas/generator", "netif/core",
        "capacity/core", "fargate-pool/core", "agent/core", "control/core", "control/core/loop",
        "netif/edge", "fargate-pool/edge", "capacity/edge", "agent", "control/edge",
        "control/cli"}},
  };
  return table;
}

const std::vector<Package>& packages() {
  static const std::vector<Package> table{
      {"boost/", {"control/edge/http", "agent/edge/metadata"}},
      {"cpprest/", {"control/cli"}},
      {"pplx/", {"control/cli"}},
      {"simdjson", {"schemas/codec"}},
      {"yaml-cpp/", {"schemas/codec", "schemas/generator", "control/cli/output"}},
      {"sqlite3.h", {"control/edge/store", "agent/edge/checkpoint", "tests"}},
      {"spdlog/",
       {"control/edge", "control/main.cpp", "agent/edge", "agent/main.cpp", "tests/store"}},
      {"CLI/", {"control/main.cpp", "control/cli", "agent/main.cpp", "tests/bench"}},
      {"openssl/", {"control/edge", "control/cli", "agent/edge", "tests"}},
      {"curl/", {"agent/edge", "capacity/edge", "tests"}},
      {"netlink/", {"netif/edge", "tests/netif"}},
      {"nftables/", {"netif/edge", "tests/netif"}},
      {"seccomp.h", {"agent/edge/engine", "tests/unit/agent_engine"}},
      {"doctest/", {"tests"}},
      {"nlohmann/", {}},
      {"rapidjson/", {}},
  };
  return table;
}

const std::vector<Exception>& exceptions() {
  static const std::vector<Exception> table{
      {"schemas/base/require.cpp", "<cstdio>", 0, "the last words of a process that ends itself"},
  };
  return table;
}

}  // namespace tidy
