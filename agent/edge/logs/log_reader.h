#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/model/agent_channel.h"

namespace agent {

/// One line of a log file, as conmon writes it, "2026-11-23T18:30:41.584737507+00:00 stdout F
/// text", or Docker, {"log":"text\n","stream":"stdout","time":"2026-11-23T18:30:41.584737507Z"}.
struct LogRecord {
  enum class Part : std::uint8_t { whole, begun } part = Part::whole;  ///< F, or P: more follows
  schemas::Instant at{};
  std::string stream;
  std::string text;
};

/// "2026-11-23T18:30:41.584737507+00:00" or with "Z" at its end, to the millisecond.
std::optional<schemas::Instant> parse_log_instant(std::string_view text);

/// Nothing when the line is not of that form.
std::optional<LogRecord> parse_log_record(std::string_view line);

/// Reads a container's log through rotations and joins partial lines. Not for several threads.
class LogReader {
 public:
  /// `log` is what Engine::log_path gave. `tail_lines` counts from the end; negative = all.
  LogReader(std::filesystem::path log, std::string container, std::int64_t tail_lines);
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;
  ~LogReader();

  /// Lines that were not given yet, at most about `bytes_max` of the file at a time; empty when
  /// there are none now. A line without its end is given when the container has ended (`finish`).
  std::vector<schemas::LogLine> read(std::size_t bytes_max = 262'144);
  /// What was begun and never ended.
  std::vector<schemas::LogLine> finish();

 private:
  bool open_next();
  void start_at_tail(std::int64_t lines);
  void take(std::string_view line, std::vector<schemas::LogLine>& lines);

  std::filesystem::path log_;
  std::string container_;
  int file_ = -1;
  std::uint64_t inode_ = 0;
  std::string rest_;        ///< the begin of a file's line whose end is not written yet
  schemas::LogLine out_;    ///< a partial line of standard output
  schemas::LogLine error_;  ///< and of standard error
};

}  // namespace agent
