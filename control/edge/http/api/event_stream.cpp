#include "control/edge/http/api/event_stream.h"

#include <atomic>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "control/core/access/role.h"
#include "control/edge/http/api/call.h"
#include "control/edge/http/response_text.h"
#include "control/edge/loop/instant_text.h"

namespace control::http {

namespace {

/// Events read at once: what one write may hold in memory for a slow reader.
constexpr std::int64_t page_size = 256;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() && value >= 0
             ? std::optional(value)
             : std::nullopt;
}

enum class Follow : std::uint8_t { until_now, on };

/// A reader of the feed. It writes a page, waits until that is taken, and only then reads on; with
/// nothing left it waits for the feed. It lives by the callbacks that it has given away.
class EventStream final : public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(edge::EventFeed& feed, std::string account, ExchangeRef exchange, std::int64_t after,
              Follow follow)
      : feed_(feed),
        account_(std::move(account)),
        exchange_(std::move(exchange)),
        after_(after),
        until_(feed.last()),
        follow_(follow) {}

  void start() {
    Response head;
    head.content_type = "text/event-stream";
    head.headers.push_back({"Cache-Control", "no-store"});
    exchange_->on_gone([self = weak_from_this()] {
      if (const auto alive = self.lock()) {
        alive->feed_.forget(alive->ticket_.load());
      }
    });
    exchange_->begin(head);
    // A comment: whoever waits for what is still to come sees that it is being served.
    exchange_->write(": events behind " + std::to_string(after_) + "\n\n",
                     [self = shared_from_this()](Delivery delivery) {
                       if (delivery == Delivery::sent) {
                         self->write_page();
                       }
                     });
  }

 private:
  /// Hops to the io thread, then reads the next page there.
  void go_on() {
    exchange_->write({}, [self = shared_from_this()](Delivery delivery) {
      if (delivery == Delivery::sent) {
        self->write_page();
      }
    });
  }

  void write_page() {
    std::string text;
    while (text.empty()) {
      const schemas::Result<store::EventPage> page = feed_.after(after_, page_size);
      const bool complete = follow_ == Follow::until_now && after_ >= until_;
      if (!page.ok() || complete) {
        exchange_->finish();
        return;
      }
      if (page.value().events.empty()) {
        rest();
        return;
      }
      for (const Event& event : page.value().events) {
        text += event.scope.account == account_ ? event_text(event) : std::string();
      }
      after_ = page.value().last_looked;
    }
    exchange_->write(std::move(text), [self = shared_from_this()](Delivery delivery) {
      if (delivery == Delivery::sent) {
        self->write_page();
      }
    });
  }

  void rest() {
    ticket_.store(feed_.wait(after_, [self = shared_from_this()] { self->go_on(); }));
  }

  edge::EventFeed& feed_;
  std::string account_;
  ExchangeRef exchange_;
  std::int64_t after_;
  std::int64_t until_;  ///< the newest event when the caller asked
  Follow follow_;
  std::atomic<std::int64_t> ticket_ = 0;
};

/// Why the log cannot go on right behind `after`; empty when it can.
std::string break_behind(std::int64_t after, std::int64_t last, const store::EventPage& page) {
  const std::string behind = "Events behind " + std::to_string(after);
  if (after > last) {
    return behind + " cannot be told: the newest is " + std::to_string(last) +
           ". Control was restored from a backup that did not know of " + std::to_string(after) +
           ", or the number is another control's.";
  }
  if (after > 0 && page.oldest > after + 1) {
    return behind +
           " are no longer kept, or control was restored from a backup since; the oldest is " +
           std::to_string(page.oldest) + ".";
  }
  return {};
}

}  // namespace

std::string event_text(const Event& event) {
  const std::string sequence = std::to_string(event.sequence);
  return "id: " + sequence + "\nevent: " + event.kind + "\ndata: {\"sequence\":" + sequence +
         ",\"time\":\"" + edge::iso_text(event.at) + "\",\"account\":\"" +
         json_escaped(event.scope.account) + "\",\"region\":\"" + json_escaped(event.scope.region) +
         "\",\"kind\":\"" + json_escaped(event.kind) + "\",\"subject\":\"" +
         json_escaped(event.subject) +
         "\",\"detail\":" + (event.detail.empty() ? "{}" : event.detail) + "}\n\n";
}

void serve_events(edge::EventFeed& feed, const Door& door, const Request& request,
                  const ExchangeRef& exchange) {
  const access::Verdict<Caller> caller = door.identify(request);
  if (const auto* refused = std::get_if<access::Refused>(&caller)) {
    answer(exchange, error_response(Protocol::rest, *refused));
    return;
  }
  if (assumed_role_of(std::get<Caller>(caller).principal)) {
    // The log tells of everything in the account; lists of actions cannot say less of it.
    answer(exchange, error_response(Protocol::rest,
                                    access::Refused{.reason = access::Reason::access_denied,
                                                    .message = "The event log is for users: roles "
                                                               "of tasks cannot read it."}));
    return;
  }
  std::string from(request.header("last-event-id"));
  if (from.empty()) {
    from = query_value(request.query, "after");
  }
  const std::optional<std::int64_t> after = from.empty() ? feed.last() : number(from);
  if (!after) {
    answer(exchange,
           error_response(Protocol::rest, {.code = schemas::ErrorCode::invalid_parameter,
                                           .message = "after: \"" + from +
                                                      "\" is not an event's sequence number."}));
    return;
  }
  const schemas::Result<store::EventPage> page = feed.after(*after, 1);
  if (!page.ok()) {
    answer(exchange, error_response(Protocol::rest, page.error()));
    return;
  }
  const std::string broken = break_behind(*after, feed.last(), page.value());
  if (!broken.empty()) {
    answer(exchange, refusal(410, "EventsExpiredException",
                             broken + " Read the present state anew, then follow from there."));
    return;
  }
  const Follow follow =
      query_value(request.query, "follow") == "false" ? Follow::until_now : Follow::on;
  std::make_shared<EventStream>(feed, std::get<Caller>(caller).scope.account, exchange, *after,
                                follow)
      ->start();
}

}  // namespace control::http
