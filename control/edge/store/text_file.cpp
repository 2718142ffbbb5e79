#include "control/edge/store/text_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace control::store {

namespace {

constexpr std::size_t bytes_max = 64UL * 1024;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

schemas::Result<std::string> read_text_file(const std::string& path) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  std::string text(bytes_max, '\0');
  errno = 0;
  const std::size_t length =
      file == nullptr ? 0 : std::fread(text.data(), 1, bytes_max, file.get());
  if (file == nullptr || std::ferror(file.get()) != 0) {
    return schemas::Error{
        .code = schemas::ErrorCode::invalid_parameter,
        .message = path + " cannot be read: " + std::generic_category().message(errno) + "."};
  }
  text.resize(length);
  return text;
}

}  // namespace control::store
