#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace control::edge {

/// How long something took, counted into buckets as Prometheus wants them.
class Histogram {
 public:
  void add(std::chrono::nanoseconds took);
  /// Appends the series `name_bucket`, `name_sum` and `name_count`; `labels` are `a="b",…` or
  /// empty.
  void write(std::string_view name, std::string_view labels, std::string& text) const;

 private:
  static constexpr std::array<double, 14> bounds{0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                 0.05,   0.1,    0.25,  0.5,    1,     2.5,  10};
  std::array<std::int64_t, bounds.size()> counts_{};
  std::int64_t count_ = 0;
  double seconds_ = 0;
};

/// What control counts about itself. Thread-safe; written a few times a request.
class Metrics {
 public:
  void request(std::string_view operation, int status, std::chrono::nanoseconds took);
  void turn(std::chrono::nanoseconds took, std::int64_t inputs);
  void commit(std::chrono::nanoseconds took, std::int64_t rows);
  void inbox_depth(std::int64_t depth);
  /// All of it in Prometheus' text format.
  [[nodiscard]] std::string text() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::int64_t, std::less<>> requests_;
  std::map<std::string, Histogram, std::less<>> durations_;
  Histogram turns_;
  Histogram commits_;
  std::int64_t inputs_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t inbox_depth_ = 0;
};

/// Appends one gauge with its help line; `labels` as above.
void write_gauge(std::string_view name, std::string_view labels, std::int64_t value,
                 std::string& text);
void write_help(std::string_view name, std::string_view type, std::string_view help,
                std::string& text);

}  // namespace control::edge
