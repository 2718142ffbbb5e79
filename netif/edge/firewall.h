#pragma once

#include <memory>
#include <string>
#include <vector>

#include "schemas/base/result.h"

struct nft_ctx;

namespace netif {

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
