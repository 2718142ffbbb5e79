#include "netif/edge/netlink.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "schemas/base/require.h"

namespace netif {

using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;

namespace {

/// Requests sent in one system call. More would not be faster, and the errors of all must fit into
/// the socket's receive buffer.
constexpr std::size_t chunk_size = 64;
constexpr int buffer_bytes = 1 << 20;

/// The kernel's own words for a refusal, when it sent any.
std::string kernel_words(nlmsghdr* answer) {
  constexpr int words_attribute = 1;  // NLMSGERR_ATTR_MSG
  if ((answer->nlmsg_flags & NLM_F_ACK_TLVS) == 0) {
    return {};
  }
  // The header of the refused request follows the error number; NETLINK_CAP_ACK leaves its body
  // away.
  const int at = static_cast<int>(sizeof(nlmsgerr));
  nlattr* words = nlmsg_find_attr(answer, at, words_attribute);
  return words == nullptr ? std::string() : std::string(nla_get_string(words));
}

}  // namespace

Error kernel_error(const std::string& what, int error_number) {
  // strerrordesc_np, not strerror: tasks' threads come here side by side.
  const char* words = strerrordesc_np(error_number);
  return {ErrorCode::server, "the kernel refused to " + what + ": " +
                                 (words == nullptr ? std::to_string(error_number) : words)};
}

Message::Message(int type, int flags, std::string what)
    : message_(nlmsg_alloc_simple(type, flags), &nlmsg_free), what_(std::move(what)) {
  schemas::require(message_ != nullptr, "out of memory for a netlink message");
}

Message& Message::raw(const void* bytes, std::size_t size) {
  const int failure = nlmsg_append(message_.get(), const_cast<void*>(bytes), size, NLMSG_ALIGNTO);
  schemas::require(failure == 0, "a netlink message of more than a page");
  return *this;
}

Message& Message::number8(int attribute, std::uint8_t value) {
  schemas::require(nla_put_u8(message_.get(), attribute, value) == 0, "a netlink message is full");
  return *this;
}

Message& Message::number16_network(int attribute, std::uint16_t value) {
  schemas::require(nla_put_u16(message_.get(), attribute, htons(value)) == 0,
                   "a netlink message is full");
  return *this;
}

Message& Message::number32(int attribute, std::uint32_t value) {
  schemas::require(nla_put_u32(message_.get(), attribute, value) == 0, "a netlink message is full");
  return *this;
}

Message& Message::text(int attribute, std::string_view value) {
  const std::string closed(value);
  schemas::require(nla_put_string(message_.get(), attribute, closed.c_str()) == 0,
                   "a netlink message is full");
  return *this;
}

Message& Message::address(int attribute, schemas::Ipv4 value) {
  return number32(attribute, htonl(value.bits));
}

Message& Message::mac(int attribute, const schemas::Mac& value) {
  const int size = static_cast<int>(value.bytes.size());
  schemas::require(nla_put(message_.get(), attribute, size, value.bytes.data()) == 0,
                   "a netlink message is full");
  return *this;
}

Message& Message::open(int attribute) {
  nlattr* nest = nla_nest_start(message_.get(), attribute);
  schemas::require(nest != nullptr, "a netlink message is full");
  nests_.push_back(nest);
  return *this;
}

Message& Message::close() {
  schemas::require(!nests_.empty(), "a netlink nest was closed that is not open");
  // "Keep empty": an attribute without content still says something, as a link without data does.
  nla_nest_end_keep_empty(message_.get(), nests_.back());
  nests_.pop_back();
  return *this;
}

Message& Message::tolerate(int error_number) {
  tolerated_.push_back(error_number);
  return *this;
}

bool Message::tolerates(int error_number) const {
  return std::find(tolerated_.begin(), tolerated_.end(), error_number) != tolerated_.end();
}

Netlink::Netlink(nl_sock* socket) : socket_(socket, &nl_socket_free) {}

Result<Netlink> Netlink::open() {
  Netlink netlink(nl_socket_alloc());
  nl_sock* socket = netlink.socket_.get();
  if (socket == nullptr || nl_connect(socket, NETLINK_ROUTE) < 0 ||
      nl_socket_set_buffer_size(socket, buffer_bytes, buffer_bytes) < 0) {
    return kernel_error("open a routing socket", errno);
  }
  const int on = 1;
  for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK}) {
    // Only better messages depend on these; a kernel without them does the work all the same.
    (void)setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, option, &on, sizeof on);
  }
  return netlink;
}

Outcome Netlink::receive(const std::function<bool(nlmsghdr*)>& more) {
  while (true) {
    sockaddr_nl from{};
    unsigned char* bytes = nullptr;
    const int size = nl_recv(socket_.get(), &from, &bytes, nullptr);
    if (size <= 0) {
      return Error{ErrorCode::server, std::string("the kernel's answer on a routing socket was ") +
                                          "not received: " + nl_geterror(size)};
    }
    const std::unique_ptr<unsigned char, void (*)(void*)> owned(bytes, &std::free);
    bool wanted = true;
    int left = size;
    // libnl hands out one aligned allocation that begins with a header.
    for (auto* answer = reinterpret_cast<nlmsghdr*>(bytes); nlmsg_ok(answer, left) != 0;
         answer = nlmsg_next(answer, &left)) {
      wanted = wanted && more(answer);
    }
    if (!wanted) {
      return Done{};
    }
  }
}

Outcome Netlink::run_chunk(std::span<Message> messages) {
  std::vector<unsigned char> bytes;
  const std::uint32_t first = sequence_;
  for (Message& message : messages) {
    schemas::require(message.nests_.empty(), "a netlink nest was left open");
    nlmsghdr* header = nlmsg_hdr(message.message_.get());
    header->nlmsg_seq = sequence_++;
    header->nlmsg_flags |= NLM_F_REQUEST;
    if (&message == &messages.back()) {
      header->nlmsg_flags |= NLM_F_ACK;  // errors are always answered, success only when asked for
    }
    const auto* start = reinterpret_cast<const unsigned char*>(header);
    bytes.insert(bytes.end(), start, start + header->nlmsg_len);
    bytes.resize(NLMSG_ALIGN(bytes.size()));
  }
  if (const int sent = nl_sendto(socket_.get(), bytes.data(), bytes.size()); sent < 0) {
    return Error{ErrorCode::server, "could not ask the kernel to " + messages.front().what() +
                                        ": " + nl_geterror(sent)};
  }
  std::optional<Error> failed;
  const std::uint32_t last = sequence_ - 1;
  Outcome received = receive([&](nlmsghdr* answer) {
    if (answer->nlmsg_type != NLMSG_ERROR || answer->nlmsg_seq < first ||
        answer->nlmsg_seq > last) {
      return true;  // an answer to something that was given up
    }
    const auto* verdict = static_cast<const nlmsgerr*>(nlmsg_data(answer));
    const Message& asked = messages[answer->nlmsg_seq - first];
    if (verdict->error != 0 && !failed && !asked.tolerates(-verdict->error)) {
      failed = kernel_error(asked.what(), -verdict->error);
      if (const std::string words = kernel_words(answer); !words.empty()) {
        failed->message += " (" + words + ")";
      }
    }
    return answer->nlmsg_seq != last;
  });
  if (!received.ok()) {
    return received;
  }
  return failed ? Outcome(*failed) : Outcome(Done{});
}

Outcome Netlink::run(std::vector<Message> messages) {
  Outcome outcome = Done{};
  for (std::size_t at = 0; at < messages.size(); at += chunk_size) {
    const std::size_t count = std::min(chunk_size, messages.size() - at);
    Outcome chunk = run_chunk(std::span(messages).subspan(at, count));
    if (outcome.ok()) {
      outcome = std::move(chunk);
    }
  }
  return outcome;
}

Outcome Netlink::run(Message message) { return run_chunk(std::span(&message, 1)); }

Outcome Netlink::dump(Message message, const std::function<void(nlmsghdr*)>& entry) {
  return ask(message, NLM_F_REQUEST | NLM_F_DUMP, entry);
}

Outcome Netlink::get(Message message, const std::function<void(nlmsghdr*)>& entry) {
  return ask(message, NLM_F_REQUEST | NLM_F_ACK, entry);
}

Outcome Netlink::ask(Message& message, int flags, const std::function<void(nlmsghdr*)>& entry) {
  nlmsghdr* header = nlmsg_hdr(message.message_.get());
  header->nlmsg_seq = sequence_++;
  header->nlmsg_flags = static_cast<std::uint16_t>(flags);
  if (const int sent = nl_sendto(socket_.get(), header, header->nlmsg_len); sent < 0) {
    return Error{ErrorCode::server,
                 "could not ask the kernel to " + message.what() + ": " + nl_geterror(sent)};
  }
  std::optional<Error> failed;
  Outcome received = receive([&](nlmsghdr* answer) {
    if (answer->nlmsg_seq != header->nlmsg_seq) {
      return true;
    }
    if (answer->nlmsg_type == NLMSG_ERROR) {
      const auto* verdict = static_cast<const nlmsgerr*>(nlmsg_data(answer));
      if (verdict->error != 0) {
        failed = kernel_error(message.what(), -verdict->error);
      }
      return false;
    }
    if (answer->nlmsg_type == NLMSG_DONE) {
      return false;
    }
    entry(answer);
    return true;
  });
  if (!received.ok()) {
    return received;
  }
  return failed ? Outcome(*failed) : Outcome(Done{});
}

}  // namespace netif
