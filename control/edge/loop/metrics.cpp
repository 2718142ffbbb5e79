#include "control/edge/loop/metrics.h"

#include <array>
#include <charconv>

namespace control::edge {

namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() ? std::string(text.data(), end) : "0";
}

std::string braces(std::string_view labels) {
  return labels.empty() ? std::string() : "{" + std::string(labels) + "}";
}

}  // namespace

void Histogram::add(std::chrono::nanoseconds took) {
  const double seconds = std::chrono::duration<double>(took).count();
  for (std::size_t at = 0; at < bounds.size(); ++at) {
    counts_[at] += seconds <= bounds[at] ? 1 : 0;
  }
  ++count_;
  seconds_ += seconds;
}

void Histogram::write(std::string_view name, std::string_view labels, std::string& text) const {
  const std::string base(name);
  const std::string before = labels.empty() ? "" : std::string(labels) + ",";
  for (std::size_t at = 0; at < bounds.size(); ++at) {
    text.append(base).append("_bucket{").append(before).append("le=\"").append(number(bounds[at]));
    text.append("\"} ").append(std::to_string(counts_[at])).append("\n");
  }
  text += base + "_bucket{" + before + "le=\"+Inf\"} " + std::to_string(count_) + "\n";
  text += base + "_sum" + braces(labels) + " " + number(seconds_) + "\n";
  text += base + "_count" + braces(labels) + " " + std::to_string(count_) + "\n";
}

void Metrics::request(std::string_view operation, int status, std::chrono::nanoseconds took) {
  const std::lock_guard lock(mutex_);
  ++requests_[{std::string(operation), status}];
  durations_[std::string(operation)].add(took);
}

void Metrics::turn(std::chrono::nanoseconds took, std::int64_t inputs) {
  const std::lock_guard lock(mutex_);
  turns_.add(took);
  inputs_ += inputs;
}

void Metrics::commit(std::chrono::nanoseconds took, std::int64_t rows) {
  const std::lock_guard lock(mutex_);
  commits_.add(took);
  rows_ += rows;
}

void Metrics::inbox_depth(std::int64_t depth) {
  const std::lock_guard lock(mutex_);
  inbox_depth_ = depth;
}

void write_help(std::string_view name, std::string_view type, std::string_view help,
                std::string& text) {
  text += "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " +
          std::string(name) + " " + std::string(type) + "\n";
}

void write_gauge(std::string_view name, std::string_view labels, std::int64_t value,
                 std::string& text) {
  text += std::string(name) + braces(labels) + " " + std::to_string(value) + "\n";
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  write_help("stowage_requests_total", "counter", "Requests answered, by operation and status.",
             text);
  for (const auto& [key, count] : requests_) {
    write_gauge("stowage_requests_total",
                "operation=\"" + key.first + "\",code=\"" + std::to_string(key.second) + "\"",
                count, text);
  }
  write_help("stowage_request_seconds", "histogram", "From a request's last byte to its answer.",
             text);
  for (const auto& [operation, durations] : durations_) {
    durations.write("stowage_request_seconds", "operation=\"" + operation + "\"", text);
  }
  write_help("stowage_turn_seconds", "histogram", "What a turn of the loop took, its commit aside.",
             text);
  turns_.write("stowage_turn_seconds", "", text);
  write_help("stowage_commit_seconds", "histogram", "What the commit of a turn took.", text);
  commits_.write("stowage_commit_seconds", "", text);
  write_help("stowage_inputs_total", "counter", "What came into the loop.", text);
  write_gauge("stowage_inputs_total", "", inputs_, text);
  write_help("stowage_rows_total", "counter", "Rows committed.", text);
  write_gauge("stowage_rows_total", "", rows_, text);
  write_help("stowage_inbox_depth", "gauge", "What waited for the loop when it last looked.", text);
  write_gauge("stowage_inbox_depth", "", inbox_depth_, text);
  return text;
}

}  // namespace control::edge
