#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/edge/images/reference.h"

namespace agent {

/// Asks registries which digest a tag has now. One small request on a kept connection takes a
/// millisecond or two, where starting skopeo for it would take longer than the start of a task.
/// It knows no credentials: a registry that wants them is asked through skopeo.
class RegistryClient {
 public:
  /// `insecure`: "host:port" of the registries to be asked by plain HTTP.
  explicit RegistryClient(std::vector<std::string> insecure);
  RegistryClient(const RegistryClient&) = delete;
  RegistryClient& operator=(const RegistryClient&) = delete;
  ~RegistryClient();

  /// The digest, or nothing when the registry does not say it to a stranger, by this protocol, or
  /// at all: then another way must be tried.
  std::optional<std::string> digest_of(const ImageReference& reference);

 private:
  std::vector<std::string> insecure_;
  std::mutex mutex_;
  std::vector<void*> idle_;  ///< connections not in use
};

}  // namespace agent
