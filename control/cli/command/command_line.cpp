#include "control/cli/command/command_line.h"

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <sstream>

namespace cli {

namespace {

constexpr const char* description =
    "ecsctl speaks to a Stowage control service: clusters, task definitions, tasks, services,\n"
    "hosts, logs, events and bills.\n\n"
    "It finds its endpoint, region and credentials where the AWS CLI finds them.";

constexpr const char* footer =
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n"
    "Environment: AWS_ENDPOINT_URL_ECS, AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE,\n"
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE.";

/// What CLI11 writes into while it parses: one slot per option of the verb.
struct Slots {
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, CLI::Option*> options;
};

void add_option(CLI::App& app, const Option& option, Slots& slots) {
  std::vector<std::string>& values = slots.values[option.name];
  const std::string flag = option.name.size() == 1 ? "-" + option.name : "--" + option.name;
  CLI::Option* made = nullptr;
  switch (option.arity) {
    case Arity::flag:
      made = app.add_flag(flag, option.help);
      break;
    case Arity::one:
      made = app.add_option(flag, values, option.help)->expected(1);
      break;
    case Arity::many:
      made = app.add_option(flag, values, option.help)->expected(1)->take_all();
      break;
    case Arity::positional:
      made = app.add_option(option.name, values, option.help)->required()->expected(1);
      break;
    case Arity::optional_positional:
      made = app.add_option(option.name, values, option.help)->expected(0, 1);
      break;
    case Arity::positionals:
      made = app.add_option(option.name, values, option.help)->required()->expected(1, 100);
      break;
  }
  if (option.arity != Arity::flag) {
    made->type_name(option.value.empty() ? "" : option.value);
    // Else the first argument without a name would take the next one's words too.
    made->allow_extra_args(option.arity == Arity::positionals);
  }
  slots.options[option.name] = made;
}

void add_globals(CLI::App& app, GlobalOptions& options) {
  app.add_option("--endpoint", options.endpoint, "Where control listens: http://HOST:PORT")
      ->type_name("URL");
  app.add_option("--region", options.region, "The region whose world to look at")
      ->type_name("NAME");
  app.add_option("--profile", options.profile, "A profile of the shared credentials file")
      ->type_name("NAME");
  app.add_option("--output", options.output, "How to print: table, json or yaml")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "json", "yaml"}));
}

void collect(const Slots& slots, Arguments& arguments) {
  for (const auto& [name, option] : slots.options) {
    if (option->count() > 0) {
      arguments.set(name, slots.values.at(name));
    }
  }
}

/// CLI11 reports help and errors by exception; both become text and an exit status here.
Farewell farewell(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream text;
  const int status = app.exit(error, text, text);
  return {.text = text.str(), .exit = status == 0 ? Exit::done : Exit::usage};
}

}  // namespace

std::variant<Command, Farewell> parse_command_line(std::span<const Verb> verbs, int argc,
                                                   const char* const* argv) {
  CLI::App app(description, "ecsctl");
  app.footer(footer);
  app.require_subcommand(1, 1);
  app.fallthrough();
  GlobalOptions options;
  add_globals(app, options);

  std::map<std::string, CLI::App*> groups;  // a verb may be a group too: "hosts", "hosts drain"
  std::vector<std::pair<CLI::App*, const Verb*>> leaves;
  std::vector<std::unique_ptr<Slots>> slots;
  for (const Verb& verb : verbs) {
    const std::size_t space = verb.path.find(' ');
    CLI::App* parent = &app;
    if (space != std::string::npos) {
      const std::string group = verb.path.substr(0, space);
      if (groups.count(group) == 0) {
        groups[group] = app.add_subcommand(group, "Work with a " + group);
        groups[group]->require_subcommand(1, 1);
        groups[group]->fallthrough();
      }
      parent = groups[group];
    }
    CLI::App* leaf = parent->add_subcommand(
        space == std::string::npos ? verb.path : verb.path.substr(space + 1), verb.summary);
    if (space == std::string::npos) {
      groups[verb.path] = leaf;
      leaf->require_subcommand(0, 1);
    }
    leaf->fallthrough();
    leaf->footer(verb.description);
    slots.push_back(std::make_unique<Slots>());
    for (const Option& option : verb.options) {
      add_option(*leaf, option, *slots.back());
    }
    leaves.emplace_back(leaf, &verb);
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return farewell(app, error);
  }
  // Groups stand before what is in them, so the last that was named is the one that is meant; what
  // was said before its second word counts too.
  Command command{.verb = nullptr, .arguments = {}, .options = options};
  for (std::size_t at = 0; at < leaves.size(); ++at) {
    if (leaves[at].first->parsed()) {
      command.verb = leaves[at].second;
      collect(*slots[at], command.arguments);
    }
  }
  if (command.verb == nullptr) {
    return Farewell{.text = app.help(), .exit = Exit::usage};
  }
  return command;
}

}  // namespace cli
