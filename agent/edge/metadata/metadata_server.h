#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "schemas/base/id.h"

namespace agent {

/// Whose namespace a listening socket lies in. Which socket was reached decides who asks; nothing
/// in a request does.
struct SocketOwner {
  schemas::TaskId task;
  std::int64_t sandbox = 0;
  auto operator<=>(const SocketOwner&) const = default;
};

struct MetadataReply {
  int status = 200;
  std::string body;  ///< JSON
};

/// The HTTP side of the endpoint at 169.254.170.2: one thread for all tasks of the host. Requests
/// are GETs with a header of at most 8 KiB; a connection that says nothing for ten seconds is
/// closed, and one namespace has at most 32.
class MetadataServer {
 public:
  /// Called on the server's thread; must be quick.
  using Answer = std::function<MetadataReply(const SocketOwner&, std::string_view path)>;

  explicit MetadataServer(Answer answer);
  MetadataServer(const MetadataServer&) = delete;
  MetadataServer& operator=(const MetadataServer&) = delete;
  ~MetadataServer();

  /// Answers on a listening socket, which it owns from now on. A second one of the same owner
  /// replaces the first.
  void serve(const SocketOwner& owner, int listening_socket);

  /// Closes the owner's socket and its connections; when it returns they no longer hold the
  /// namespace open. Nothing happens when there is none.
  void close(const SocketOwner& owner);

 private:
  class Reactor;
  std::unique_ptr<Reactor> reactor_;
};

}  // namespace agent
