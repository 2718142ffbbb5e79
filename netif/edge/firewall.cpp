#include "netif/edge/firewall.h"

#include <nftables/libnftables.h>

#include "netif/edge/nft_text.h"

namespace netif {

using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;

Firewall::Firewall(nft_ctx* context) : context_(context, &nft_ctx_free) {}

Result<Firewall> Firewall::open() {
  Firewall firewall(nft_ctx_new(NFT_CTX_DEFAULT));
  nft_ctx* context = firewall.context_.get();
  if (context == nullptr || nft_ctx_buffer_error(context) != 0 ||
      nft_ctx_buffer_output(context) != 0) {
    return Error{ErrorCode::server, "could not open the packet filter: out of memory"};
  }
  nft_ctx_output_set_flags(context, NFT_CTX_OUTPUT_JSON);
  return firewall;
}

Outcome Firewall::run(const std::vector<std::string>& commands, const std::string& what) {
  if (commands.empty()) {
    return Done{};
  }
  const std::string json = "{\"nftables\":" + nft::list(commands) + "}";
  if (nft_run_cmd_from_buffer(context_.get(), json.c_str()) == 0) {
    return Done{};
  }
  return Error{ErrorCode::server, "the packet filter refused to " + what + ": " +
                                      nft_ctx_get_error_buffer(context_.get())};
}

}  // namespace netif
