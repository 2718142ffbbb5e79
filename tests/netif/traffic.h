#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "netif/edge/file_handle.h"
#include "schemas/base/address.h"

namespace laboratory {

// All of these act in the namespace of the calling thread, unless they are given a socket.

enum class Transport : std::uint8_t { tcp, udp };

/// A listening TCP, or bound UDP, socket at any address.
netif::FileHandle serve(std::uint16_t port, Transport transport = Transport::tcp);

/// The port that a socket listens on.
std::uint16_t port_of(const netif::FileHandle& server);

/// Sends a connection request (TCP) or a datagram (UDP) to `address`.
netif::FileHandle call(schemas::Ipv4 address, std::uint16_t port,
                       Transport transport = Transport::tcp);

/// Who called at `server`, waiting up to two seconds (for `patience_ms`); nothing when nobody did.
std::optional<schemas::Ipv4> caller(const netif::FileHandle& server,
                                    Transport transport = Transport::tcp, int patience_ms = 2000);
/// Whether the call was answered within two seconds.
bool answered(const netif::FileHandle& client);

/// The server's end of a call, waiting up to two seconds.
netif::FileHandle accept_call(const netif::FileHandle& server);
/// Whether a byte sent at one end of a connection comes out at the other.
bool carries(const netif::FileHandle& from, const netif::FileHandle& to);

/// Sends one UDP datagram with `bytes`.
void send_datagram(schemas::Ipv4 address, std::uint16_t port,
                   const std::vector<std::uint8_t>& bytes);

/// Whether `address` answers a ping within two seconds; a third of one when none is expected.
bool pings(schemas::Ipv4 address);
bool silent(schemas::Ipv4 address);

/// Sees every frame that arrives at a link.
class FrameSocket {
 public:
  explicit FrameSocket(const std::string& link);
  void send(const std::vector<std::uint8_t>& frame);
  /// The next frame that arrived from outside, waiting up to `patience_ms`.
  std::optional<std::vector<std::uint8_t>> next(int patience_ms);
  /// The Ethernet address of the link.
  [[nodiscard]] schemas::Mac address() const;

 private:
  netif::FileHandle handle_;
};

/// An Ethernet frame with a UDP datagram from any address to any other.
std::vector<std::uint8_t> udp_frame(const schemas::Mac& to, const schemas::Mac& from,
                                    schemas::Ipv4 source, schemas::Ipv4 destination,
                                    std::uint16_t port);
/// An Ethernet frame with the first packet of a TCP connection.
std::vector<std::uint8_t> tcp_call_frame(const schemas::Mac& to, const schemas::Mac& from,
                                         schemas::Ipv4 source, schemas::Ipv4 destination,
                                         std::uint16_t port);
/// Whether a frame says yes to a TCP call.
bool accepts_call(const std::vector<std::uint8_t>& frame);
/// An ARP reply to everybody that claims `address` for `claimed`, sent as `from`.
std::vector<std::uint8_t> arp_frame(const schemas::Mac& from, const schemas::Mac& claimed,
                                    schemas::Ipv4 address, schemas::Ipv4 asked);

}  // namespace laboratory
