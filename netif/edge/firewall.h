#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.h"

struct nft_ctx;

namespace netif {

/// Text for libnftables' JSON interface, built bottom-up: an element is `"a"`, a rule is an object.
namespace nft {

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

struct Set {
  std::string name{};
  std::vector<std::string> key{};   ///< "ifname", "ipv4_addr", …
  std::vector<std::string> data{};  ///< of a map; empty = a set
  bool interval = false;
};
std::string add_set(const Table& table, const Set& set);

struct Hook {
  std::string type{};  ///< "filter" or "nat"
  std::string hook{};
  int priority = 0;
  std::string policy{"accept"};
};
std::string add_chain(const Table& table, const std::string& chain, const Hook& hook);
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
std::string payload(std::string_view protocol, std::string_view field);
std::string prefix(std::string_view base, int length);
std::string lookup(const std::string& key, std::string_view map);  ///< what `key` maps to in @map
std::string match(std::string_view op, const std::string& left, const std::string& right);
std::string is(const std::string& left, const std::string& right);
std::string is_not(const std::string& left, const std::string& right);
std::string statement(std::string_view name, const std::string& value);
std::string accept();
std::string drop();

}  // namespace nft

/// The packet filter of the namespace that the opening thread was in; afterwards it may be used
/// from any thread, one at a time.
class Firewall {
 public:
  static schemas::Result<Firewall> open();

  /// Carries out all commands or none.
  schemas::Outcome run(const std::vector<std::string>& commands, const std::string& what);

 private:
  explicit Firewall(nft_ctx* context);
  std::unique_ptr<nft_ctx, void (*)(nft_ctx*)> context_;
};

}  // namespace netif
