#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cli {

class Session;

/// How often an option may stand on the command line, and whether it takes a value.
enum class Arity : std::uint8_t {
  flag,        ///< no value
  one,         ///< one value
  many,        ///< may be repeated
  positional,  ///< a required argument without a name
  optional_positional,
  positionals,  ///< one or more required arguments without a name
};

struct Option {
  std::string name;   ///< without dashes; for positionals the word that help shows, in capitals
  std::string value;  ///< what help calls the value
  std::string help;
  Arity arity = Arity::one;
};

/// What stood on the command line, by option name.
class Arguments {
 public:
  void set(const std::string& name, std::vector<std::string> values) {
    values_[name] = std::move(values);
  }
  [[nodiscard]] bool has(const std::string& name) const { return values_.count(name) == 1; }
  [[nodiscard]] std::optional<std::string> get(const std::string& name) const;
  [[nodiscard]] std::string get_or(const std::string& name, const std::string& fallback) const;
  [[nodiscard]] std::vector<std::string> all(const std::string& name) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

/// What a process ends with; scripts rely on it.
enum class Exit : std::uint8_t {
  done = 0,
  failed = 1,
  usage = 2,
  unplaced = 3,  ///< a plan was made, and not everything in it finds room
};

/// One thing that ecsctl can do. `path` is one word ("ps") or two ("service create").
struct Verb {
  std::string path;
  std::string summary;      ///< one line, for the list of verbs
  std::string description;  ///< what a manual page would say, examples included
  std::vector<Option> options;
  Exit (*run)(Session& session, const Arguments& arguments) = nullptr;
};

}  // namespace cli
