#pragma once

// Starting other programs. `fork` would copy an agent with hundreds of tasks for every one of its
// children; these share its memory until they have become the other program.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schemas/base/result.h"

namespace agent {

/// An open file that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }
  void close();

 private:
  int number_ = -1;
};

/// A mount to make in a program's private mount namespace.
struct PrivateMount {
  std::string type;
  std::string target;
  std::string options;
  unsigned long flags = 0;
};

struct Program {
  std::vector<std::string> arguments;    ///< the first is the absolute path of the program
  std::vector<std::string> environment;  ///< all of it, "NAME=value"
  std::string directory = "/";
  int output = -1;  ///< standard output and error; -1 = nowhere
  int passed = -1;  ///< becomes descriptor 3 of the program; -1 = none
  enum class Life : std::uint8_t {
    own,   ///< goes on when this process is killed
    ours,  ///< is killed then
  } life = Life::own;
  std::vector<std::string> groups;  ///< cgroup files (`tasks`, `cgroup.procs`) it enters first
  /// Not empty: the program gets a mount namespace of its own, in which these are made in order.
  /// They go when the last process in that namespace goes, whoever was killed.
  std::vector<PrivateMount> private_mounts;
};

/// A program that was started.
struct Child {
  pid_t id = 0;
  Descriptor handle;  ///< pidfd: readable when it has ended
};

/// Starts a program in a session of its own. The error names the step that failed.
schemas::Result<Child> start_program(const Program& program);

/// How a program ended.
struct Ended {
  std::int64_t status = 0;  ///< its exit code, or 128 + the signal that killed it
  std::string output;       ///< what it wrote to standard output and error, cut at 64 KiB
  bool timed_out = false;   ///< it was killed, beyond its limit
};

/// Kills every process that has this text among its arguments. For what a crash left running
/// before it had written down who it is.
void kill_mentioning(const std::string& text);

/// Runs a program to its end, or to ours. Beyond the limit its session is killed.
schemas::Result<Ended> run_within(Program program, std::chrono::milliseconds limit);

/// Runs a program to its end, or to ours. Beyond the limit its session is killed and the error says
/// so.
schemas::Result<Ended> run_program(Program program, std::chrono::milliseconds limit);

/// The absolute path of a program: in PATH, else in the system's directories.
std::optional<std::string> find_program(const std::string& name);

/// This process's PATH and proxy settings: all that the programs we start may see of it.
std::vector<std::string> program_environment();

/// What a program said for people, to stand in an error: of a Go program's log line the text after
/// `msg="`, quotes undone, else all of it; cut well before the 1,024 bytes of a reason in ECS.
std::string said_by(const std::string& output);

}  // namespace agent
