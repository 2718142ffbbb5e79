#pragma once

#include <unistd.h>

#include <utility>

namespace netif {

/// Owns a file descriptor.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int handle) : handle_(handle) {}
  FileHandle(FileHandle&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~FileHandle() {
    if (handle_ >= 0) {
      ::close(handle_);
    }
  }

  [[nodiscard]] int get() const { return handle_; }
  [[nodiscard]] int release() { return std::exchange(handle_, -1); }

 private:
  int handle_ = -1;
};

}  // namespace netif
