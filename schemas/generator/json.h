#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace generator {

/// JSON put together from texts that are JSON already; members keep their order.
class JsonObject {
 public:
  JsonObject& add(const std::string& name, const std::string& json);
  JsonObject& add_text(const std::string& name, const std::string& text);
  JsonObject& add_number(const std::string& name, std::int64_t number);
  [[nodiscard]] bool empty() const { return body_.empty(); }
  [[nodiscard]] std::string text() const { return "{" + body_ + "}"; }

 private:
  std::string body_;
};

std::string json_list(const std::vector<std::string>& items);
std::string json_texts(const std::vector<std::string>& texts);

}  // namespace generator
