#include "control/edge/access/day_keys.h"

#include "control/edge/access/secrets.h"

namespace control::access {

std::string DayKeys::of(const std::string& secret, const Authorization& authorization) {
  const std::string name = secret + "/" + authorization.scope();
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = keys_.find(name); known != keys_.end()) {
      return known->second;
    }
  }
  std::string key = hmac_of("AWS4" + secret, authorization.day);
  for (const std::string& step :
       {authorization.region, authorization.service, std::string("aws4_request")}) {
    key = hmac_of(key, step);
  }
  const std::lock_guard lock(mutex_);
  if (keys_.size() >= keys_max) {
    keys_.clear();
  }
  keys_.emplace(name, key);
  return key;
}

void DayKeys::forget() {
  const std::lock_guard lock(mutex_);
  keys_.clear();
}

}  // namespace control::access
