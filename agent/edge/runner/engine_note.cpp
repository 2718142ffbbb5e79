#include "agent/edge/runner/engine_note.h"

#include <fstream>
#include <string>

namespace agent {

namespace {

constexpr const char* docker_word = "docker ";

std::string text_of(const AgentOptions& options) {
  return options.engine == AgentOptions::EngineKind::docker ? docker_word + options.docker_socket
                                                            : "oci";
}

std::string read_note(const std::filesystem::path& data_directory) {
  std::ifstream file(data_directory / "engine");
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

schemas::Outcome note_engine(const AgentOptions& options) {
  const std::string wanted = text_of(options);
  const std::string noted = read_note(options.data_directory);
  // A directory of an agent that knew one engine only has no note.
  const bool used = std::filesystem::exists(options.data_directory / "agent.db");
  const std::string known = noted.empty() && used ? "oci" : noted;
  if (!known.empty() && known != wanted) {
    return schemas::Error{schemas::ErrorCode::client,
                          "The data directory " + options.data_directory.string() +
                              " was used with the engine '" + known + "', now it is '" + wanted +
                              "'. Run `ecs-agent cleanup --data " +
                              options.data_directory.string() + "` first, or use another --data."};
  }
  if (noted != wanted) {
    std::ofstream file(options.data_directory / "engine", std::ios::trunc);
    file << wanted << "\n";
    file.close();
    if (!file.good()) {
      return schemas::Error{schemas::ErrorCode::server,
                            (options.data_directory / "engine").string() + " cannot be written"};
    }
  }
  return schemas::Done{};
}

AgentOptions noted_engine(const std::filesystem::path& data_directory) {
  AgentOptions options;
  const std::string noted = read_note(data_directory);
  if (noted.starts_with(docker_word)) {
    options.engine = AgentOptions::EngineKind::docker;
    options.docker_socket = noted.substr(std::string(docker_word).size());
  }
  return options;
}

}  // namespace agent
