#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>

namespace {

constexpr int skipped = 77;  // what ctest takes for "skipped"

}  // namespace

int main(int count, char** arguments) {
  if (::geteuid() != 0) {
    std::puts("skipped: making network namespaces needs root; run this test as root");
    return skipped;
  }
  // Mounts of our own: what a killed test leaves behind ends with it, namespaces included.
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    std::puts("skipped: this machine does not let root make a mount namespace");
    return skipped;
  }
  doctest::Context context(count, arguments);
  return context.run();
}
