#include "agent/edge/images/oci_documents.h"

#include <array>
#include <fstream>
#include <vector>

#include "agent/edge/images/reference.h"
#include "schemas/codec/engine.h"
#include "schemas/wire/table.h"

// Lists are not of standard layout; see STOWAGE_MEMBER.
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

// Named, because a type without linkage cannot be weighed by wire::structure.
namespace agent::documents {

// The parts of the OCI image documents that we read, under the names they have there.
struct BlobName {
  std::string digest;
};
struct Index {
  std::vector<BlobName> manifests;
};
struct Manifest {
  BlobName config;
};
struct Execution {
  std::optional<std::vector<std::string>> entry_point;
  std::optional<std::vector<std::string>> command;
  std::optional<std::vector<std::string>> environment;
  std::string user;
  std::string working_directory;
  std::string stop_signal;
};
struct Configuration {
  std::optional<Execution> config;
};

}  // namespace agent::documents

namespace codec {

// Declared before the tables below name them.
template <>
const Type Described<agent::documents::BlobName>::type;
template <>
const Type Described<agent::documents::Index>::type;
template <>
const Type Described<agent::documents::Manifest>::type;
template <>
const Type Described<agent::documents::Execution>::type;
template <>
const Type Described<agent::documents::Configuration>::type;
template <>
const Type Described<agent::ImageConfig>::type;
template <>
const Type Described<agent::ConmonAnswer>::type;

namespace {

constexpr std::array descriptor_members{STOWAGE_MEMBER(agent::documents::BlobName, digest)};
constexpr std::array index_members{STOWAGE_MEMBER(agent::documents::Index, manifests)};
constexpr std::array manifest_members{STOWAGE_MEMBER(agent::documents::Manifest, config)};
constexpr std::array execution_members{
    STOWAGE_MEMBER_AS(agent::documents::Execution, entry_point, "Entrypoint"),
    STOWAGE_MEMBER_AS(agent::documents::Execution, command, "Cmd"),
    STOWAGE_MEMBER_AS(agent::documents::Execution, environment, "Env"),
    STOWAGE_MEMBER_AS(agent::documents::Execution, user, "User"),
    STOWAGE_MEMBER_AS(agent::documents::Execution, working_directory, "WorkingDir"),
    STOWAGE_MEMBER_AS(agent::documents::Execution, stop_signal, "StopSignal"),
};
constexpr std::array configuration_members{STOWAGE_MEMBER(agent::documents::Configuration, config)};
constexpr std::array image_config_members{
    STOWAGE_MEMBER(agent::ImageConfig, entry_point),
    STOWAGE_MEMBER(agent::ImageConfig, command),
    STOWAGE_MEMBER(agent::ImageConfig, environment),
    STOWAGE_MEMBER(agent::ImageConfig, user),
    STOWAGE_MEMBER(agent::ImageConfig, working_directory),
    STOWAGE_MEMBER(agent::ImageConfig, stop_signal),
};
constexpr std::array conmon_answer_members{STOWAGE_MEMBER(agent::ConmonAnswer, data),
                                           STOWAGE_MEMBER(agent::ConmonAnswer, message)};

}  // namespace

template <>
const Type Described<agent::documents::BlobName>::type =
    wire::structure<agent::documents::BlobName>("descriptor", descriptor_members);
template <>
const Type Described<agent::documents::Index>::type =
    wire::structure<agent::documents::Index>("index", index_members);
template <>
const Type Described<agent::documents::Manifest>::type =
    wire::structure<agent::documents::Manifest>("manifest", manifest_members);
template <>
const Type Described<agent::documents::Execution>::type =
    wire::structure<agent::documents::Execution>("config", execution_members);
template <>
const Type Described<agent::documents::Configuration>::type =
    wire::structure<agent::documents::Configuration>("configuration", configuration_members);
template <>
const Type Described<agent::ImageConfig>::type =
    wire::structure<agent::ImageConfig>("image", image_config_members);
template <>
const Type Described<agent::ConmonAnswer>::type =
    wire::structure<agent::ConmonAnswer>("answer", conmon_answer_members);

}  // namespace codec

namespace agent {

namespace {

template <class T>
schemas::Result<T> decode(std::string_view json) {
  T value;
  auto decoded = codec::decode(json, codec::Described<T>::type, &value, codec::wire_dialect);
  if (!decoded.ok()) {
    return decoded.error();
  }
  return value;
}

/// A document of the layout by its digest.
template <class T>
schemas::Result<T> read_blob(const std::filesystem::path& layout, const std::string& digest) {
  if (!is_image_digest(digest)) {
    return schemas::Error{.code = schemas::ErrorCode::client,
                          .message = "the image names '" + digest + "', which is not a SHA-256"};
  }
  const auto text = read_text(layout / "blobs" / "sha256" / digest.substr(7));
  return text.ok() ? decode<T>(text.value()) : schemas::Result<T>(text.error());
}

}  // namespace

schemas::Result<ImageConfig> read_layout(const std::filesystem::path& layout) {
  const auto text = read_text(layout / "index.json");
  if (!text.ok()) {
    return text.error();
  }
  const auto index = decode<documents::Index>(text.value());
  if (!index.ok()) {
    return index.error();
  }
  if (index.value().manifests.size() != 1) {
    return schemas::Error{.code = schemas::ErrorCode::client,
                          .message = "the image's layout does not hold exactly one image"};
  }
  const auto manifest =
      read_blob<documents::Manifest>(layout, index.value().manifests.front().digest);
  if (!manifest.ok()) {
    return manifest.error();
  }
  auto configuration = read_blob<documents::Configuration>(layout, manifest.value().config.digest);
  if (!configuration.ok()) {
    return configuration.error();
  }
  documents::Execution execution =
      std::move(configuration).value().config.value_or(documents::Execution{});
  return ImageConfig{.entry_point = execution.entry_point.value_or(std::vector<std::string>{}),
                     .command = execution.command.value_or(std::vector<std::string>{}),
                     .environment = execution.environment.value_or(std::vector<std::string>{}),
                     .user = execution.user,
                     .working_directory = execution.working_directory,
                     .stop_signal = execution.stop_signal};
}

std::string image_config_text(const ImageConfig& config) {
  return codec::encode(codec::Described<ImageConfig>::type, &config, codec::wire_dialect);
}

schemas::Result<ImageConfig> image_config_of(std::string_view text) {
  return decode<ImageConfig>(text);
}

schemas::Result<ConmonAnswer> conmon_answer_of(std::string_view text) {
  return decode<ConmonAnswer>(text);
}

schemas::Result<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 4096> piece{};
  // Not by an iterator over the buffer: it throws when reading fails, as it does for a file of
  // /proc whose process ends meanwhile, or for a directory.
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    return schemas::Error{.code = schemas::ErrorCode::resource_not_found,
                          .message = "cannot read " + path.string()};
  }
  return text;
}

}  // namespace agent
