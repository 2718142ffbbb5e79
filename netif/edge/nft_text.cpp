#include "netif/edge/nft_text.h"

#include <utility>

namespace netif::nft {

namespace {

using Member = std::pair<std::string_view, std::string>;

/// {"a":…,"b":…}
std::string object(const std::vector<Member>& members) {
  std::string json = "{";
  for (const auto& [name, value] : members) {
    if (json.size() > 1) {
      json += ',';
    }
    json += text(name) + ":" + value;
  }
  return json + "}";
}

std::string wrap(std::string_view name, const std::string& value) {
  return object({{name, value}});
}

std::string type_text(const std::vector<std::string>& types) {
  std::vector<std::string> quoted;
  quoted.reserve(types.size());
  for (const std::string& type : types) {
    quoted.push_back(text(type));
  }
  return quoted.size() == 1 ? quoted.front() : list(quoted);
}

std::string elements_command(std::string_view verb, const Table& table, const std::string& set,
                             const std::vector<std::string>& elements) {
  return wrap(verb, wrap("element", object({{"family", text(table.family)},
                                            {"table", text(table.name)},
                                            {"name", text(set)},
                                            {"elem", list(elements)}})));
}

}  // namespace

std::string text(std::string_view value) {
  // Only names, addresses and numbers of ours come here: nothing needs an escape.
  return "\"" + std::string(value) + "\"";
}

std::string list(const std::vector<std::string>& values) {
  std::string json = "[";
  for (const std::string& value : values) {
    if (json.size() > 1) {
      json += ',';
    }
    json += value;
  }
  return json + "]";
}

std::string concat(const std::vector<std::string>& values) { return wrap("concat", list(values)); }

std::string add_table(const Table& table) {
  return wrap("add",
              wrap("table", object({{"family", text(table.family)}, {"name", text(table.name)}})));
}

std::string create_table(const Table& table) {
  return wrap("create",
              wrap("table", object({{"family", text(table.family)}, {"name", text(table.name)}})));
}

std::string delete_table(const Table& table) {
  return wrap("delete",
              wrap("table", object({{"family", text(table.family)}, {"name", text(table.name)}})));
}

std::string flush_table(const Table& table) {
  return wrap("flush",
              wrap("table", object({{"family", text(table.family)}, {"name", text(table.name)}})));
}

std::string add_set(const Table& table, const Set& set) {
  std::vector<Member> members{{"family", text(table.family)},
                              {"table", text(table.name)},
                              {"name", text(set.name)},
                              {"type", type_text(set.key)}};
  if (!set.data.empty()) {
    members.emplace_back("map", type_text(set.data));
  }
  if (set.interval) {
    members.emplace_back("flags", list({text("interval")}));
  }
  return wrap("add", wrap(set.data.empty() ? "set" : "map", object(members)));
}

std::string add_chain(const Table& table, const std::string& chain, const Hook& hook) {
  return wrap("add", wrap("chain", object({{"family", text(table.family)},
                                           {"table", text(table.name)},
                                           {"name", text(chain)},
                                           {"type", text(hook.type)},
                                           {"hook", text(hook.hook)},
                                           {"prio", std::to_string(hook.priority)},
                                           {"policy", text(hook.policy)}})));
}

namespace {

std::string named(std::string_view verb, std::string_view kind, const Table& table,
                  const std::string& name) {
  return wrap(verb, wrap(kind, object({{"family", text(table.family)},
                                       {"table", text(table.name)},
                                       {"name", text(name)}})));
}

}  // namespace

std::string add_chain(const Table& table, const std::string& chain) {
  return named("add", "chain", table, chain);
}

std::string flush_chain(const Table& table, const std::string& chain) {
  return named("flush", "chain", table, chain);
}

std::string delete_chain(const Table& table, const std::string& chain) {
  return named("delete", "chain", table, chain);
}

std::string delete_set(const Table& table, const std::string& set) {
  return named("delete", "set", table, set);
}

std::string add_rule(const Table& table, const std::string& chain,
                     const std::vector<std::string>& expressions) {
  return wrap("add", wrap("rule", object({{"family", text(table.family)},
                                          {"table", text(table.name)},
                                          {"chain", text(chain)},
                                          {"expr", list(expressions)}})));
}

std::string add_elements(const Table& table, const std::string& set,
                         const std::vector<std::string>& elements) {
  return elements_command("add", table, set, elements);
}

std::vector<std::string> forget_elements(const Table& table, const std::string& set,
                                         const std::vector<std::string>& elements) {
  return {elements_command("add", table, set, elements),
          elements_command("delete", table, set, elements)};
}

std::string pair(const std::string& key, const std::string& value) { return list({key, value}); }

std::string meta(std::string_view key) { return wrap("meta", wrap("key", text(key))); }

std::string ct(std::string_view key) { return wrap("ct", wrap("key", text(key))); }

std::string ct(std::string_view key, std::string_view direction) {
  return wrap("ct", object({{"key", text(key)}, {"dir", text(direction)}}));
}

std::string payload(std::string_view protocol, std::string_view field) {
  return wrap("payload", object({{"protocol", text(protocol)}, {"field", text(field)}}));
}

std::string prefix(std::string_view base, int length) {
  return wrap("prefix", object({{"addr", text(base)}, {"len", std::to_string(length)}}));
}

std::string lookup(const std::string& key, std::string_view map) {
  return wrap("map", object({{"key", key}, {"data", text("@" + std::string(map))}}));
}

std::string match(std::string_view op, const std::string& left, const std::string& right) {
  return wrap("match", object({{"op", text(op)}, {"left", left}, {"right", right}}));
}

std::string is(const std::string& left, const std::string& right) {
  return match("==", left, right);
}

std::string is_not(const std::string& left, const std::string& right) {
  return match("!=", left, right);
}

std::string statement(std::string_view name, const std::string& value) { return wrap(name, value); }

std::string accept() { return wrap("accept", "null"); }

std::string drop() { return wrap("drop", "null"); }

std::string jump_to(std::string_view chain) {
  return wrap("jump", object({{"target", text(chain)}}));
}

std::string go_to(std::string_view chain) {
  return wrap("goto", object({{"target", text(chain)}}));
}

std::string assign(const std::string& key, const std::string& value) {
  return wrap("mangle", object({{"key", key}, {"value", value}}));
}

std::string choose(const std::string& key, std::string_view map) {
  return wrap("vmap", object({{"key", key}, {"data", text("@" + std::string(map))}}));
}

std::string numbers(std::int64_t first, std::int64_t last) {
  return first == last ? std::to_string(first)
                       : wrap("range", list({std::to_string(first), std::to_string(last)}));
}

std::string any_of(const std::vector<std::string>& values) { return wrap("set", list(values)); }

std::string address(schemas::Ipv4 value) { return text(value.text()); }

std::string range(const schemas::Cidr& value) { return prefix(value.base.text(), value.prefix); }

std::string known_connection() {
  return match("in", ct("state"), list({text("established"), text("related")}));
}

std::string translated() { return match("in", ct("status"), text("dnat")); }

std::string translate(std::string_view verb, const std::string& to) {
  return statement(verb, wrap("addr", to));
}

std::string masquerade() { return statement("masquerade", "null"); }

std::string destination_kind() {
  return statement("fib", object({{"result", text("type")}, {"flags", list({text("daddr")})}}));
}

void append(std::vector<std::string>& commands, const std::vector<std::string>& more) {
  commands.insert(commands.end(), more.begin(), more.end());
}

void fill(std::vector<std::string>& commands, const Table& table, std::string_view set,
          const std::vector<std::string>& elements) {
  if (!elements.empty()) {
    commands.push_back(add_elements(table, std::string(set), elements));
  }
}

std::vector<std::string> making(const std::vector<Table>& tables,
                                const std::vector<std::vector<std::string>>& contents) {
  std::vector<std::string> commands;
  for (const Table& table : tables) {
    append(commands, {add_table(table), flush_table(table)});
  }
  for (const std::vector<std::string>& content : contents) {
    append(commands, content);
  }
  return commands;
}

std::vector<std::string> replacing(const std::vector<Table>& tables,
                                   const std::vector<std::vector<std::string>>& contents) {
  std::vector<std::string> commands;
  for (const Table& table : tables) {
    // Adding first makes the deletion valid whether or not the table was there.
    append(commands, {add_table(table), delete_table(table), add_table(table)});
  }
  for (const std::vector<std::string>& content : contents) {
    append(commands, content);
  }
  return commands;
}

}  // namespace netif::nft
