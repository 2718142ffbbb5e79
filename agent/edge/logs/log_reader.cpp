#include "agent/edge/logs/log_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <utility>

#include "agent/edge/engine/docker/documents.h"
#include "agent/edge/logs/log_files.h"

namespace agent {

namespace {

/// Takes `digits` digits off the front, and the `mark` after them if it is not 0.
std::optional<int> take_digits(std::string_view& text, std::size_t digits, char mark) {
  int value = 0;
  const bool marked = mark == 0 || (text.size() > digits && text[digits] == mark);
  if (text.size() < digits || !marked) {
    return std::nullopt;
  }
  const auto [end, failure] = std::from_chars(text.data(), text.data() + digits, value);
  if (failure != std::errc() || end != text.data() + digits) {
    return std::nullopt;
  }
  text.remove_prefix(digits + (mark == 0 ? 0 : 1));
  return value;
}

}  // namespace

std::optional<schemas::Instant> parse_log_instant(std::string_view text) {
  const auto year = take_digits(text, 4, '-');
  const auto month = take_digits(text, 2, '-');
  const auto day = take_digits(text, 2, 'T');
  const auto hour = take_digits(text, 2, ':');
  const auto minute = take_digits(text, 2, ':');
  const auto second = take_digits(text, 2, '.');
  const auto milliseconds = take_digits(text, 3, 0);
  if (!year || !month || !day || !hour || !minute || !second || !milliseconds) {
    return std::nullopt;
  }
  text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  std::chrono::minutes offset{0};
  if (!text.empty() && text.front() != 'Z') {
    const bool west = text.front() == '-';
    text.remove_prefix(1);
    const auto hours = take_digits(text, 2, ':');
    const auto minutes = take_digits(text, 2, 0);
    if (!hours || !minutes) {
      return std::nullopt;
    }
    offset = std::chrono::minutes((west ? -1 : 1) * (*hours * 60 + *minutes));
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return schemas::Instant(std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                          std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
                          std::chrono::milliseconds(*milliseconds) - offset);
}

namespace {

/// The text before the next space; that and the space are taken off.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::uint64_t inode_of(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 ? status.st_ino : 0;
}

/// Positions where the last `count` whole lines of the stream begin, counted over one file.
std::int64_t whole_lines_in(int file, std::int64_t count, off_t& start) {
  struct stat status {};
  fstat(file, &status);
  off_t at = status.st_size;
  start = at;
  std::int64_t found = 0;
  std::string piece(65'536, '\0');
  std::string line_head;  // bytes of the line that begins before `at`, the nearest first
  while (at > 0 && found <= count) {
    const off_t from = std::max<off_t>(0, at - static_cast<off_t>(piece.size()));
    const ssize_t moved = pread(file, piece.data(), static_cast<std::size_t>(at - from), from);
    if (moved <= 0) {
      break;
    }
    line_head.insert(0, piece, 0, static_cast<std::size_t>(moved));
    // Every line but the first of this piece is whole.
    std::size_t end = line_head.size();
    while (end > 0) {
      const std::size_t newline = end < 2 ? std::string::npos : line_head.rfind('\n', end - 2);
      if (newline == std::string::npos && from > 0) {
        break;
      }
      const std::size_t begin = newline == std::string::npos ? 0 : newline + 1;
      const auto record = parse_log_record(std::string_view(line_head).substr(begin, end - begin));
      const bool whole = !record || record->part == LogRecord::Part::whole;
      if (whole && found == count) {
        return found;
      }
      found += whole ? 1 : 0;
      start = from + static_cast<off_t>(begin);
      end = begin;
    }
    line_head.resize(end);
    at = from;
  }
  return found;
}

std::optional<LogRecord> parse_docker_record(std::string_view line) {
  const auto entry = docker::read<docker::LogEntry>(line);
  const auto at = entry.ok() ? parse_log_instant(entry.value().time) : std::nullopt;
  if (!at || (entry.value().stream != "stdout" && entry.value().stream != "stderr")) {
    return std::nullopt;
  }
  LogRecord record{.part = LogRecord::Part::begun,
                   .at = *at,
                   .stream = entry.value().stream,
                   .text = entry.value().log};
  if (record.text.ends_with('\n')) {
    record.text.pop_back();
    record.part = LogRecord::Part::whole;
  }
  return record;
}

}  // namespace

std::optional<LogRecord> parse_log_record(std::string_view line) {
  if (line.starts_with('{')) {
    return parse_docker_record(line);
  }
  const auto at = parse_log_instant(take_word(line));
  const std::string_view stream = take_word(line);
  const std::string_view part = take_word(line);
  if (!at || (stream != "stdout" && stream != "stderr") || (part != "F" && part != "P")) {
    return std::nullopt;
  }
  if (line.ends_with('\n')) {
    line.remove_suffix(1);
  }
  return LogRecord{.part = part == "F" ? LogRecord::Part::whole : LogRecord::Part::begun,
                   .at = *at,
                   .stream = std::string(stream),
                   .text = std::string(line)};
}

LogReader::LogReader(std::filesystem::path log, std::string container, std::int64_t tail_lines)
    : log_(std::move(log)), container_(std::move(container)) {
  start_at_tail(tail_lines);
}

LogReader::~LogReader() {
  if (file_ >= 0) {
    close(file_);
  }
}

void LogReader::start_at_tail(std::int64_t lines) {
  const std::vector<std::filesystem::path> files = log_files(log_);
  std::int64_t wanted = lines;
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    const int opened = open(file->c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) {
      break;
    }
    if (file_ >= 0) {
      close(file_);
    }
    file_ = opened;
    inode_ = inode_of(file_);
    if (lines < 0) {
      continue;  // back to the oldest
    }
    off_t start = 0;
    wanted -= whole_lines_in(file_, wanted, start);
    lseek(file_, start, SEEK_SET);
    if (wanted <= 0) {
      break;
    }
  }
}

bool LogReader::open_next() {
  const std::vector<std::filesystem::path> files = log_files(log_);
  // The file after the one being read, by its inode, for names move; the oldest if ours is gone.
  std::vector<int> opened;
  int next = -1;
  bool seen = false;
  for (const std::filesystem::path& file : files) {
    const int candidate = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (candidate < 0) {
      continue;
    }
    if (inode_of(candidate) == inode_) {
      seen = true;
      next = -1;
      for (const int older : opened) {
        close(older);
      }
      opened.clear();
      close(candidate);
      continue;
    }
    next = next < 0 ? candidate : next;
    opened.push_back(candidate);
  }
  for (const int other : opened) {
    if (other != next) {
      close(other);
    }
  }
  if (next < 0 || (seen && inode_ == 0)) {
    return false;
  }
  if (file_ >= 0) {
    close(file_);
  }
  file_ = next;
  inode_ = inode_of(next);
  return true;
}

void LogReader::take(std::string_view line, std::vector<schemas::LogLine>& lines) {
  const auto record = parse_log_record(line);
  if (!record) {
    return;  // torn by a crash of the machine
  }
  schemas::LogLine& partial = record->stream == "stderr" ? error_ : out_;
  if (partial.stream.empty()) {
    partial = {.container = container_, .at = record->at, .stream = record->stream, .text = {}};
  }
  partial.text += record->text;
  if (record->part == LogRecord::Part::whole) {
    lines.push_back(std::exchange(partial, {}));
  }
}

std::vector<schemas::LogLine> LogReader::read(std::size_t bytes_max) {
  std::vector<schemas::LogLine> lines;
  std::array<char, 65'536> piece{};
  for (std::size_t taken = 0; taken < bytes_max;) {
    const ssize_t moved = file_ < 0 ? 0 : ::read(file_, piece.data(), piece.size());
    if (moved <= 0) {
      // At the end of a file that was renamed, the next one goes on; but the writer may have put
      // something into this one between our read and its renaming, hence the second read.
      const std::uint64_t before = inode_;
      struct stat live {};
      const bool rotated = file_ < 0 || (stat(log_.c_str(), &live) == 0 && live.st_ino != before);
      if (!rotated) {
        break;
      }
      const ssize_t late = file_ < 0 ? 0 : ::read(file_, piece.data(), piece.size());
      if (late > 0) {
        rest_.append(piece.data(), static_cast<std::size_t>(late));
      } else if (!open_next()) {
        break;
      }
    } else {
      rest_.append(piece.data(), static_cast<std::size_t>(moved));
      taken += static_cast<std::size_t>(moved);
    }
    std::size_t begin = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos;
         end = rest_.find('\n', begin)) {
      take(std::string_view(rest_).substr(begin, end - begin), lines);
      begin = end + 1;
    }
    rest_.erase(0, begin);
  }
  return lines;
}

std::vector<schemas::LogLine> LogReader::finish() {
  std::vector<schemas::LogLine> lines;
  for (schemas::LogLine* partial : {&out_, &error_}) {
    if (!partial->stream.empty()) {
      lines.push_back(std::exchange(*partial, {}));
    }
  }
  return lines;
}

}  // namespace agent
