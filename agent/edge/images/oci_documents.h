#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "agent/edge/engine/engine.h"
#include "schemas/base/result.h"

namespace agent {

/// What an OCI image layout's only image says about how to run it: index.json names the manifest,
/// the manifest the configuration.
schemas::Result<ImageConfig> read_layout(const std::filesystem::path& layout);

/// The configuration as this house keeps it beside an unpacked image, and back.
std::string image_config_text(const ImageConfig& config);
schemas::Result<ImageConfig> image_config_of(std::string_view text);

/// What conmon writes when the runtime has made a container, or could not.
struct ConmonAnswer {
  std::int64_t data = 0;  ///< the first process, or negative
  std::string message;    ///< what the runtime said
};
schemas::Result<ConmonAnswer> conmon_answer_of(std::string_view text);

/// The whole of a file; the error names it.
schemas::Result<std::string> read_text(const std::filesystem::path& path);

}  // namespace agent
