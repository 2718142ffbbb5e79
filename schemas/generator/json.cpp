#include "schemas/generator/json.h"

#include "schemas/generator/text.h"

namespace generator {

JsonObject& JsonObject::add(const std::string& name, const std::string& json) {
  body_ += (body_.empty() ? "" : ",") + json_quoted(name) + ":" + json;
  return *this;
}

JsonObject& JsonObject::add_text(const std::string& name, const std::string& text) {
  return add(name, json_quoted(text));
}

JsonObject& JsonObject::add_number(const std::string& name, std::int64_t number) {
  return add(name, std::to_string(number));
}

std::string json_list(const std::vector<std::string>& items) {
  std::string body;
  for (const std::string& item : items) {
    body += (body.empty() ? "" : ",") + item;
  }
  return "[" + body + "]";
}

std::string json_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) {
    items.push_back(json_quoted(text));
  }
  return json_list(items);
}

}  // namespace generator
