#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/address.h"
#include "schemas/base/result.h"

struct nl_msg;
struct nl_sock;
struct nlattr;
struct nlmsghdr;

namespace netif {

/// One request to the kernel's routing socket while it is put together. Attributes keep the order
/// in which they are added; numbers are in host byte order unless the name says otherwise.
class Message {
 public:
  /// `what` completes the sentence "the kernel refused to …" when it fails.
  Message(int type, int flags, std::string what);

  /// The fixed structure after the netlink header (ifinfomsg, ifaddrmsg, rtmsg, ndmsg).
  template <class Header>
  Message& header(const Header& value) {
    return raw(&value, sizeof value);
  }
  Message& number8(int attribute, std::uint8_t value);
  Message& number16_network(int attribute, std::uint16_t value);
  Message& number32(int attribute, std::uint32_t value);
  Message& text(int attribute, std::string_view value);  ///< with a closing zero byte
  Message& address(int attribute, schemas::Ipv4 value);
  Message& mac(int attribute, const schemas::Mac& value);
  /// Appends a bare structure, as an interface description inside another needs it.
  Message& raw(const void* bytes, std::size_t size);
  Message& open(int attribute);  ///< begins a nest
  Message& close();              ///< ends the innermost nest
  /// An answer that counts as success, for example EEXIST to something made before.
  Message& tolerate(int error_number);

  [[nodiscard]] const std::string& what() const { return what_; }
  [[nodiscard]] bool tolerates(int error_number) const;

 private:
  friend class Netlink;
  std::unique_ptr<nl_msg, void (*)(nl_msg*)> message_;
  std::vector<nlattr*> nests_;
  std::vector<int> tolerated_;
  std::string what_;
};

/// A routing socket of the namespace that the opening thread was in; afterwards it may be used from
/// any thread, one at a time.
class Netlink {
 public:
  static schemas::Result<Netlink> open();

  /// Sends the requests in order and waits for the kernel's answers. All are tried; the error is
  /// that of the first that failed.
  schemas::Outcome run(std::vector<Message> messages);
  schemas::Outcome run(Message message);

  /// Asks for a list and hands each entry to `entry`.
  schemas::Outcome dump(Message message, const std::function<void(nlmsghdr*)>& entry);
  /// Asks for one thing and hands it to `entry`.
  schemas::Outcome get(Message message, const std::function<void(nlmsghdr*)>& entry);

 private:
  explicit Netlink(nl_sock* socket);
  schemas::Outcome run_chunk(std::span<Message> messages);
  schemas::Outcome ask(Message& message, int flags, const std::function<void(nlmsghdr*)>& entry);
  schemas::Outcome receive(const std::function<bool(nlmsghdr*)>& more);

  std::unique_ptr<nl_sock, void (*)(nl_sock*)> socket_;
  std::uint32_t sequence_ = 1;
};

/// An error that names what was asked of the kernel and what it said.
schemas::Error kernel_error(const std::string& what, int error_number);

}  // namespace netif
