#include "tests/sim/simulation.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace sim {

namespace {

constexpr std::uint64_t fnv_prime = 1'099'511'628'211ULL;
constexpr std::int64_t ms_per_second = 1'000;
constexpr std::int64_t seconds_per_minute = 60;

}  // namespace

void Trace::line(Duration at, std::string_view who, std::string_view what) {
  mix(at.count());
  mix(who);
  mix(what);
  if (printed()) {
    std::printf("%12s  %-9.*s %.*s\n", in_words(at).c_str(), static_cast<int>(who.size()),
                who.data(), static_cast<int>(what.size()), what.data());
  }
}

void Trace::mix(std::string_view bytes) {
  for (const char byte : bytes) {
    hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * fnv_prime;
  }
}

void Trace::mix(std::int64_t number) {
  hash_ = (hash_ ^ static_cast<std::uint64_t>(number)) * fnv_prime;
  hash_ ^= hash_ >> 29U;
}

Simulation::Simulation(std::uint64_t seed, Trace::Print print)
    : began_(std::chrono::seconds(1'790'000'000)), now_(began_), random_(seed), trace_(print) {}

Duration Simulation::between(Duration least, Duration most) {
  return Duration(between(least.count(), most.count()));
}

std::int64_t Simulation::between(std::int64_t least, std::int64_t most) {
  const auto width = static_cast<std::uint64_t>(std::max<std::int64_t>(most - least, 0)) + 1;
  return least + static_cast<std::int64_t>(random_.below(width));
}

void Simulation::after(Duration delay, std::function<void()> event) {
  queue_.push_back({now_ + std::max(delay, Duration{}), ++sequence_, std::move(event)});
  std::push_heap(queue_.begin(), queue_.end());
}

void Simulation::run_for(Duration span) {
  const Instant end = now_ + span;
  while (!failure_ && !queue_.empty() && queue_.front().at <= end) {
    std::pop_heap(queue_.begin(), queue_.end());
    Due due = std::move(queue_.back());
    queue_.pop_back();
    now_ = due.at;
    due.event();
  }
  if (!failure_) {
    now_ = end;
  }
}

void Simulation::fail(const std::string& sentence) {
  if (!failure_) {
    failure_ = sentence;
    note("FAILED", sentence);
  }
}

std::string brief(const schemas::IdBytes& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t at = 0; at < 3; ++at) {
    text += digits[bytes[at] >> 4U];
    text += digits[bytes[at] & 15U];
  }
  return text;
}

std::string in_words(Duration span) {
  std::array<char, 32> text{};
  const std::int64_t seconds = span.count() / ms_per_second;
  std::snprintf(text.data(), text.size(), "%lldm%02lld.%03llds",
                static_cast<long long>(seconds / seconds_per_minute),
                static_cast<long long>(seconds % seconds_per_minute),
                static_cast<long long>(span.count() % ms_per_second));
  return text.data();
}

}  // namespace sim
