#pragma once

#include <map>
#include <mutex>
#include <string>

#include "control/edge/access/authorization.h"

namespace control::access {

/// The keys that requests of one day, region and service are signed with, derived from a secret by
/// four HMACs and then remembered. Thread-safe.
class DayKeys {
 public:
  std::string of(const std::string& secret, const Authorization& authorization);
  /// To be called when a secret was withdrawn.
  void forget();

 private:
  /// Keys beyond which all are forgotten and derived anew, at some microseconds each. A caller may
  /// name any region, so there must be a bound.
  static constexpr std::size_t keys_max = 4'096;

  std::mutex mutex_;
  std::map<std::string, std::string> keys_;
};

}  // namespace control::access
