#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/address.h"

// Text for libnftables' JSON interface, built bottom-up: an element is `"a"`, a rule is an object.
namespace netif::nft {

std::string text(std::string_view value);                  ///< a quoted string
std::string list(const std::vector<std::string>& values);  ///< [a,b]
std::string concat(const std::vector<std::string>& values);

struct Table {
  std::string family{};
  std::string name{};
};
std::string add_table(const Table& table);
/// Fails when there is such a table.
std::string create_table(const Table& table);
std::string delete_table(const Table& table);
/// Removes the rules of a table that is there, and keeps its sets and chains.
std::string flush_table(const Table& table);

struct Set {
  std::string name{};
  std::vector<std::string> key{};   ///< "ifname", "ipv4_addr", …
  std::vector<std::string> data{};  ///< of a map; empty = a set
  bool interval = false;
};
std::string add_set(const Table& table, const Set& set);

// Where the kernel runs chains of the address families: its own numbers for these places.
inline constexpr int mangle_priority = -150;
inline constexpr int destination_nat_priority = -100;
inline constexpr int filter_priority = 0;
inline constexpr int source_nat_priority = 100;

struct Hook {
  std::string type{};  ///< "filter" or "nat"
  std::string hook{};
  int priority = 0;
  std::string policy{"accept"};
};
std::string add_chain(const Table& table, const std::string& chain, const Hook& hook);
/// A chain that others lead to.
std::string add_chain(const Table& table, const std::string& chain);
std::string flush_chain(const Table& table, const std::string& chain);
std::string delete_chain(const Table& table, const std::string& chain);
std::string delete_set(const Table& table, const std::string& set);
std::string add_rule(const Table& table, const std::string& chain,
                     const std::vector<std::string>& expressions);

std::string add_elements(const Table& table, const std::string& set,
                         const std::vector<std::string>& elements);
/// Removes elements whether or not they are there: adds them first, as one transaction does.
std::vector<std::string> forget_elements(const Table& table, const std::string& set,
                                         const std::vector<std::string>& elements);
/// The element of a map.
std::string pair(const std::string& key, const std::string& value);

std::string meta(std::string_view key);
std::string ct(std::string_view key);
/// Of a connection as it began ("original") or as it is answered ("reply").
std::string ct(std::string_view key, std::string_view direction);
std::string payload(std::string_view protocol, std::string_view field);
std::string prefix(std::string_view base, int length);
std::string lookup(const std::string& key, std::string_view map);  ///< what `key` maps to in @map
std::string match(std::string_view op, const std::string& left, const std::string& right);
std::string is(const std::string& left, const std::string& right);
std::string is_not(const std::string& left, const std::string& right);
std::string statement(std::string_view name, const std::string& value);
std::string accept();
std::string drop();
std::string jump_to(std::string_view chain);  ///< and come back at its end
std::string go_to(std::string_view chain);
/// Writes `value` where `key` is read from.
std::string assign(const std::string& key, const std::string& value);
/// Goes where the map leads for `key`; goes on when it has no such key.
std::string choose(const std::string& key, std::string_view map);
std::string numbers(std::int64_t first, std::int64_t last);
std::string any_of(const std::vector<std::string>& values);

// Addresses, and expressions that more than one of our tables uses.

std::string address(schemas::Ipv4 value);
std::string range(const schemas::Cidr& value);
/// The packet belongs to a connection that was let through before, or is an error about one.
std::string known_connection();
/// The packet belongs to a connection whose destination we translated.
std::string translated();
/// Changes source ("snat") or destination ("dnat") to an address or to what a lookup gives.
std::string translate(std::string_view verb, const std::string& to);
/// Changes the source to the address of the link by which the packet leaves.
std::string masquerade();
/// What the routing table says of a packet's destination: "local" when it is this namespace's.
std::string destination_kind();

/// The commands that make `tables` where there are none yet, or only half-made ones without
/// elements. Forty times quicker than to replace them: in a namespace that has no such table, a
/// transaction with a deletion in it waits for the whole kernel.
std::vector<std::string> making(const std::vector<Table>& tables,
                                const std::vector<std::vector<std::string>>& contents);
/// The commands that replace `tables` as one transaction: nothing is ever without its rules.
std::vector<std::string> replacing(const std::vector<Table>& tables,
                                   const std::vector<std::vector<std::string>>& contents);
void append(std::vector<std::string>& commands, const std::vector<std::string>& more);
/// Adds `elements` to a set, if there are any: libnftables refuses an empty list.
void fill(std::vector<std::string>& commands, const Table& table, std::string_view set,
          const std::vector<std::string>& elements);

}  // namespace netif::nft
