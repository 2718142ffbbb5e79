#include "tests/netif/arena.h"

namespace laboratory {

using netif::HostNetworking;
using schemas::EniAssignment;

Arena::Arena() : lab(2), vpc(lab.random(), 100) {
  vpc.add_subnet();
  attacker = vpc.add_eni(0);
  victim = vpc.add_eni(0);
  third = vpc.add_eni(0);
  far = vpc.add_eni(0);
  vpc.put_network(here);
  vpc.put_network(there);
  for (const EniAssignment& eni : {attacker, victim, third}) {
    here.enis.emplace(eni.id, eni);
    there.neighbours.emplace(eni.id, Vpc::neighbour(eni, lab.host(0).address()));
  }
  there.enis.emplace(far.id, far);
  here.neighbours.emplace(far.id, Vpc::neighbour(far, lab.host(1).address()));
  lab.host(0).wire(here);
  lab.host(1).wire(there);
  inside(path(attacker), [&] { mouth_.emplace("eth0"); });
  for (const EniAssignment& eni : {victim, third, far}) {
    inside(path(eni), [&] { ears_.emplace_back("eth0"); });
  }
}

Arena::~Arena() {
  for (int number : {0, 1}) {
    lab.host(number).act([](HostNetworking& networking) { return networking.remove_all(); });
  }
}

void Arena::attack(const std::vector<Bytes>& frames) {
  for (const Bytes& frame : frames) {
    mouth_->send(frame);
  }
}

bool Arena::heard() {
  bool heard = false;
  int patience_ms = short_patience_ms;
  for (FrameSocket& ear : ears_) {
    while (ear.next(patience_ms)) {
      heard = true;
    }
    patience_ms = 1;
  }
  return heard;
}

bool Arena::hears_honest_frames() {
  attack({udp_frame(victim.mac, attacker.mac, attacker.address, victim.address, 80)});
  while (const auto frame = ears_.front().next(2000)) {
    if (is_from(*frame, attacker.address)) {
      return true;
    }
  }
  return false;
}

bool Arena::calls(const std::string& from, const std::string& to, schemas::Ipv4 address) {
  netif::FileHandle server;
  netif::FileHandle client;
  inside(to, [&] { server = serve(80); });
  inside(from, [&] { client = call(address, 80); });
  return answered(client) && caller(server).has_value();
}

}  // namespace laboratory
