#include "tests/netif/laboratory.h"

#include <doctest/doctest.h>
#include <net/if.h>
#include <nftables/libnftables.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <utility>

#include "netif/core/addresses.h"
#include "netif/core/default_network.h"
#include "netif/edge/host.h"
#include "netif/edge/links.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/netlink.h"
#include "netif/edge/routes.h"

namespace laboratory {

using netif::HostNetworking;
using netif::Message;
using netif::Netlink;
using schemas::Done;
using schemas::Ipv4;
using schemas::Outcome;

namespace {

constexpr std::int64_t mtu = 1500;

/// Carries out requests in the namespace of the calling thread.
void run_here(std::vector<Message> messages) {
  auto netlink = Netlink::open();
  REQUIRE(netlink.ok());
  expect(netlink.value().run(std::move(messages)));
}

void await_sending(const std::string& link) {
  auto netlink = Netlink::open();
  REQUIRE(netlink.ok());
  expect(netif::await_sending(netlink.value(), link));
}

int index_of(const std::string& link) { return static_cast<int>(::if_nametoindex(link.c_str())); }

void settle(const std::string& link, const std::string& address, std::uint8_t prefix) {
  std::vector<Message> messages;
  messages.push_back(netif::add_address(index_of(link), ipv4(address), prefix));
  messages.push_back(netif::bring_up(link));
  messages.push_back(netif::bring_up("lo"));
  run_here(std::move(messages));
}

std::string folder_of_our_own() {
  std::string folder = "/tmp/stowage-netif-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  return folder;
}

Outcome keep_quiet() {
  return netif::write_setting({"ipv6/conf/default/disable_ipv6", "1"}, netif::Presence::optional);
}

/// `act` runs on another thread; a failed REQUIRE in it must end the test on this one.
void run_inside(const netif::FileHandle& handle, const std::function<void()>& act) {
  std::exception_ptr failure;
  expect(netif::in_namespace(handle, [&]() -> Outcome {
    try {
      act();
    } catch (...) {
      failure = std::current_exception();
    }
    return Done{};
  }));
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace

void expect(const Outcome& outcome) {
  const std::string why = outcome.ok() ? "" : outcome.error().message;
  REQUIRE_MESSAGE(outcome.ok(), why);
}

Ipv4 ipv4(const std::string& text) {
  const auto address = Ipv4::parse(text);
  REQUIRE(address.has_value());
  return *address;
}

schemas::Cidr cidr(const std::string& text) {
  const auto range = schemas::Cidr::parse(text);
  REQUIRE(range.has_value());
  return *range;
}

Place::Place(const std::string& path) : path_(path) {
  expect(netif::make_namespace(path, &keep_quiet));
  auto handle = netif::open_namespace(path);
  REQUIRE(handle.ok());
  handle_ = std::move(handle).value();
}

Place::~Place() { (void)netif::remove_namespace(path_); }

void Place::inside(const std::function<void()>& act) const { run_inside(handle_, act); }

void inside(const std::string& path, const std::function<void()>& act) {
  auto handle = netif::open_namespace(path);
  REQUIRE(handle.ok());
  run_inside(handle.value(), act);
}

std::string describe(const Place& place) {
  std::string text;
  place.inside([&] {
    auto netlink = Netlink::open();
    REQUIRE(netlink.ok());
    auto links = netif::list_links(netlink.value());
    auto addresses = netif::list_addresses(netlink.value());
    auto routes = netif::list_routes(netlink.value());
    auto neighbours = netif::list_neighbours(netlink.value());
    REQUIRE((links.ok() && addresses.ok() && routes.ok() && neighbours.ok()));
    for (const netif::Link& link : links.value()) {
      text += "link " + link.name + " " + link.alias + "\n";
    }
    for (const netif::InterfaceAddress& entry : addresses.value()) {
      text += "address " + entry.address.text() + "\n";
    }
    for (const netif::Route& route : routes.value()) {
      text += "route " + route.to.text() + "\n";
    }
    for (const netif::NeighbourEntry& entry : neighbours.value()) {
      text += "neighbour " + entry.address.text() + "\n";
    }
    auto proxies = netif::list_proxies(netlink.value());
    REQUIRE(proxies.ok());
    for (const netif::NeighbourEntry& proxy : proxies.value()) {
      text += "proxy " + proxy.address.text() + "\n";
    }
    const std::unique_ptr<nft_ctx, void (*)(nft_ctx*)> filter(nft_ctx_new(NFT_CTX_DEFAULT),
                                                              &nft_ctx_free);
    REQUIRE(nft_ctx_buffer_output(filter.get()) == 0);
    REQUIRE(nft_run_cmd_from_buffer(filter.get(), "list ruleset") == 0);
    text += nft_ctx_get_output_buffer(filter.get());
  });
  return text;
}

// --- hosts
// ----------------------------------------------------------------------------------------

HostStandIn::HostStandIn(const std::string& folder, int number)
    : data_(folder + "/data-" + std::to_string(number)),
      number_(number),
      place_(folder + "/host-" + std::to_string(number)) {}

Ipv4 HostStandIn::address() const { return ipv4("198.18.7." + std::to_string(number_ + 10)); }

schemas::Cidr HostStandIn::public_range() const {
  return cidr("198.18.7." + std::to_string(64 + 16 * number_) + "/28");
}

netif::NetworkSettings HostStandIn::settings() const {
  netif::NetworkSettings settings;
  settings.data_directory = data_;
  settings.host_address = address();
  settings.public_range = public_range();
  return settings;
}

void HostStandIn::start() {
  place_.inside([&] {
    auto opened = HostNetworking::open(settings());
    REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().message));
    networking_ = std::make_unique<HostNetworking>(std::move(opened).value());
  });
}

void HostStandIn::act(const std::function<Outcome(HostNetworking&)>& act) {
  place_.inside([&] { expect(act(*networking_)); });
}

std::string HostStandIn::router_path(const schemas::VpcId& vpc) const {
  return data_ + "/netns/" + vpc.text();
}

void HostStandIn::wire(const netif::HostNetwork& want) {
  if (networking_ == nullptr) {
    start();
  }
  act([&](HostNetworking& networking) -> Outcome {
    if (Outcome applied = networking.apply(want); !applied.ok()) {
      return applied;
    }
    for (const auto& [id, eni] : want.enis) {
      if (Outcome attached = networking.attach(id); !attached.ok()) {
        return attached;
      }
    }
    return Done{};
  });
}

std::string HostStandIn::task_path(const schemas::TaskId& task) const {
  return networking_->task_namespace_path(task);
}

// --- the machine
// ----------------------------------------------------------------------------------

Laboratory::Laboratory(int hosts) : folder_(folder_of_our_own()) {
  machine_ = std::make_unique<Place>(folder_ + "/machine");
  internet_ = std::make_unique<Place>(folder_ + "/internet");
  machine_->inside([&] {
    expect(netif::write_setting({"ipv4/ip_forward", "1"}, netif::Presence::required));
    std::vector<Message> messages;
    messages.push_back(netif::make_bridge("hosts", 0, netif::link_mac("hosts"), mtu));
    messages.push_back(netif::make_veth(
        {.name = "out"}, {.name = "eth0", .namespace_handle = internet_->handle().get()}, mtu));
    run_here(std::move(messages));
    settle("hosts", "198.18.7.1", 24);
    settle("out", "203.0.113.1", 24);
  });
  internet_->inside([&] {
    settle("eth0", "203.0.113.2", 24);
    std::vector<Message> messages;
    messages.push_back(netif::default_route(index_of("eth0"), ipv4("203.0.113.1")));
    run_here(std::move(messages));
  });
  machine_->inside([] { await_sending("out"); });
  for (int number = 0; number < hosts; ++number) {
    hosts_.push_back(std::make_unique<HostStandIn>(folder_, number));
    join(hosts_.back()->place(), number);
  }
}

void Laboratory::join(const Place& host, int number) {
  const std::string port = "host" + std::to_string(number);
  machine_->inside([&] {
    std::vector<Message> messages;
    messages.push_back(netif::make_veth({.name = port, .master = index_of("hosts")},
                                        {.name = "eth0", .namespace_handle = host.handle().get()},
                                        mtu));
    run_here(std::move(messages));
  });
  host.inside([&] {
    settle("eth0", "198.18.7." + std::to_string(number + 10), 24);
    std::vector<Message> messages;
    messages.push_back(netif::default_route(index_of("eth0"), ipv4("198.18.7.1")));
    run_here(std::move(messages));
  });
  machine_->inside([&] {
    await_sending(port);
    await_sending("hosts");
  });
}

Laboratory::~Laboratory() {
  for (const auto& host : hosts_) {
    host->stop();
  }
  hosts_.clear();
  machine_.reset();
  internet_.reset();
  // What a failed test left mounted below must not stop the removal.
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string kept = entry.path().string() + "/netns";
    for (const std::string& name : netif::list_folder(kept)) {
      (void)netif::remove_namespace(std::string(kept).append("/").append(name));
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

// --- what control says
// ----------------------------------------------------------------------------

schemas::SecurityRule from(const schemas::Cidr& callers, schemas::RuleProtocol protocol,
                           std::int64_t first_port, std::int64_t last_port) {
  schemas::SecurityRule rule;
  rule.protocol = protocol;
  rule.from_port = first_port;
  rule.to_port = last_port;
  rule.cidr = callers;
  return rule;
}

schemas::SecurityRule from(const schemas::SecurityGroupId& callers, schemas::RuleProtocol protocol,
                           std::int64_t first_port, std::int64_t last_port) {
  schemas::SecurityRule rule = from(everywhere, protocol, first_port, last_port);
  rule.cidr.reset();
  rule.group = callers;
  return rule;
}

schemas::SecurityRule to(schemas::SecurityRule rule) {
  rule.direction = schemas::RuleDirection::egress;
  return rule;
}

void put(netif::HostNetwork& network, const schemas::SecurityGroupAssignment& group) {
  network.groups.insert_or_assign(group.id, group);
}

Vpc::Vpc(schemas::Random& random, std::uint32_t first_vni)
    : random_(random), id_(schemas::VpcId::draw(random)), next_vni_(first_vni) {
  default_group_ = add_group({});
  default_group_.rules = netif::default_rules(default_group_.id);
}

schemas::SecurityGroupAssignment Vpc::add_group(std::vector<schemas::SecurityRule> rules) {
  return {.id = schemas::SecurityGroupId::draw(random_), .vpc = id_, .rules = std::move(rules)};
}

const schemas::SubnetAssignment& Vpc::add_subnet() {
  schemas::SubnetAssignment subnet;
  subnet.id = schemas::SubnetId::draw(random_);
  subnet.vpc = id_;
  subnet.cidr = cidr("10.0." + std::to_string(16 * subnets_.size()) + ".0/20");
  subnet.gateway = netif::gateway_address(subnet.cidr);
  subnet.gateway_mac = netif::gateway_mac(subnet.id);
  subnet.vni = next_vni_++;
  subnets_.push_back(subnet);
  next_address_.push_back(subnet.cidr.base.bits + 4);
  return subnets_.back();
}

schemas::EniAssignment Vpc::add_eni(std::size_t subnet) {
  schemas::EniAssignment eni;
  eni.id = schemas::EniId::draw(random_);
  eni.vpc = id_;
  eni.subnet = subnets_.at(subnet).id;
  eni.task = schemas::TaskId::draw(random_);
  eni.mac = netif::draw_mac(random_);
  eni.address = {.bits = next_address_.at(subnet)++};
  eni.security_groups = {default_group_.id};
  return eni;
}

schemas::Neighbour Vpc::neighbour(const schemas::EniAssignment& eni, Ipv4 host_address) {
  return {.id = eni.id,
          .vpc = eni.vpc,
          .subnet = eni.subnet,
          .mac = eni.mac,
          .address = eni.address,
          .host_address = host_address,
          .security_groups = eni.security_groups};
}

void Vpc::put_network(netif::HostNetwork& network) const {
  put(network, default_group_);
  for (const schemas::SubnetAssignment& subnet : subnets_) {
    network.subnets.insert_or_assign(subnet.id, subnet);
  }
}

}  // namespace laboratory
