#include "netif/edge/records.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>

#include "netif/edge/file_handle.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/netlink.h"

namespace netif {

using schemas::Done;
using schemas::Outcome;

namespace {

constexpr std::string_view suffix = ".record";
constexpr std::string_view draft_suffix = ".draft";

std::string path_of(const std::string& folder, const std::string& name) {
  return folder + "/" + name + std::string(suffix);
}

}  // namespace

Outcome write_record(const std::string& folder, const std::string& name,
                     const std::vector<std::string>& lines) {
  std::string content;
  for (const std::string& line : lines) {
    content += line + "\n";
  }
  const std::string draft = folder + "/" + name + std::string(draft_suffix);
  {
    const FileHandle file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0 || ::write(file.get(), content.data(), content.size()) !=
                              static_cast<ssize_t>(content.size())) {
      return kernel_error("write " + draft, errno);
    }
  }
  // Not synced to disk: what records describe does not outlive the machine's running kernel.
  if (std::rename(draft.c_str(), path_of(folder, name).c_str()) != 0) {
    return kernel_error("rename " + draft, errno);
  }
  return Done{};
}

std::optional<std::vector<std::string>> read_record(const std::string& folder,
                                                    const std::string& name) {
  std::ifstream file(path_of(folder, name));
  if (!file) {
    return std::nullopt;
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

Outcome remove_record(const std::string& folder, const std::string& name) {
  const std::string path = path_of(folder, name);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return kernel_error("remove " + path, errno);
  }
  return Done{};
}

std::vector<std::string> list_records(const std::string& folder) {
  std::vector<std::string> names;
  for (const std::string& file : list_folder(folder)) {
    if (file.ends_with(suffix)) {
      names.push_back(file.substr(0, file.size() - suffix.size()));
    }
  }
  return names;
}

std::optional<std::int64_t> parse_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < 0 || value > 65535) {
    return std::nullopt;
  }
  return value;
}

}  // namespace netif
