#pragma once

// The images of this host, unpacked once each: <data>/images/sha256-<digest>/{rootfs,config.json}.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/edge/engine/engine.h"
#include "agent/edge/engine/oci/program.h"
#include "agent/edge/images/registry_client.h"

namespace agent {

struct ImageStoreSettings {
  std::filesystem::path directory;
  std::vector<std::string> insecure_registries;
  std::chrono::seconds pull_time_limit{600};
  std::int64_t bytes_max = 0;
  std::string skopeo;  ///< absolute paths of the programs
  std::string umoci;
};

class ImageStore {
 public:
  /// `images_in_use` gives the digests that containers stand on: those are never removed.
  ImageStore(ImageStoreSettings settings, std::function<std::set<std::string>()> images_in_use);

  /// Makes the directory and removes what interrupted pulls left in it.
  schemas::Outcome prepare();
  /// See Engine::pull. What lies below the final directory is whole: a pull works under a name of
  /// its own and is renamed when it is done and on disk.
  schemas::Result<Image> pull(const PullRequest& request);
  /// The root file system of an image that was pulled. Do not write there.
  [[nodiscard]] std::filesystem::path root_of(const std::string& digest) const;
  /// Removes images that were not used for the longest, until all are within `bytes_max`. Spares
  /// those in use and those used in the last ten minutes.
  void trim();

 private:
  /// A pull under way: those who want the same image wait for its outcome.
  struct Pull {
    std::condition_variable done;
    std::optional<schemas::Result<Image>> outcome;
  };

  [[nodiscard]] std::filesystem::path home_of(const std::string& digest) const;
  schemas::Result<std::string> resolve(const ImageReference& reference);
  [[nodiscard]] std::optional<std::string> remembered(const ImageReference& reference) const;
  void remember(const ImageReference& reference, const std::string& digest) const;
  std::optional<Image> find(const std::string& digest);
  schemas::Result<Image> pull_once(const ImageReference& reference, const std::string& digest);
  schemas::Result<Image> fetch(const ImageReference& reference, const std::string& digest,
                               const std::filesystem::path& work);
  [[nodiscard]] std::vector<std::string> tls_options(const ImageReference& reference,
                                                     const std::string& option) const;
  schemas::Result<std::string> run(std::vector<std::string> arguments) const;

  ImageStoreSettings settings_;
  std::function<std::set<std::string>()> images_in_use_;
  RegistryClient registry_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Pull>> pulls_;  ///< by digest
  std::map<std::string, Image> known_;                  ///< by digest, what is on disk and was read
  std::int64_t pull_count_ = 0;
};

}  // namespace agent
