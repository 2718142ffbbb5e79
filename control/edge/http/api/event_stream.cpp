#include "control/edge/http/api/event_stream.h"

#include <atomic>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "control/core/access/role.h"
#include "control/edge/http/api/call.h"
#include "control/edge/http/response_text.h"
#include "schemas/base/instant_text.h"

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
enum class Form : std::uint8_t { own, event_bridge };

/// What a reader asked for.
struct Wish {
  std::string account;
  std::int64_t after = 0;
  Follow follow = Follow::on;
  Form form = Form::own;
};

/// A reader of the feed. It writes a page, waits until that is taken, and only then reads on; with
/// nothing left it waits for the feed. It lives by the callbacks that it has given away.
class EventStream final : public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(const EventSource& source, Wish wish, ExchangeRef exchange)
      : feed_(source.feed),
        on_loop_(source.on_loop),
        bridge_(source.bridge),
        exchange_(std::move(exchange)),
        account_(std::move(wish.account)),
        after_(wish.after),
        until_(feed_.last()),
        follow_(wish.follow),
        form_(wish.form) {}

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
    std::vector<Event> events;
    while (events.empty()) {
      schemas::Result<store::EventPage> page = feed_.after(after_, page_size);
      const bool complete = follow_ == Follow::until_now && after_ >= until_;
      if (!page.ok() || complete) {
        exchange_->finish();
        return;
      }
      if (page.value().events.empty()) {
        rest();
        return;
      }
      after_ = page.value().last_looked;
      events = std::move(page.value().events);
      std::erase_if(events, [this](const Event& event) { return event.scope.account != account_; });
    }
    if (form_ == Form::event_bridge) {
      // What a task is stands in World, which is the loop's.
      on_loop_([self = shared_from_this(), events = std::move(events)] {
        self->write(self->bridged(events));
      });
      return;
    }
    std::string text;
    for (const Event& event : events) {
      text += event_text(event);
    }
    write(std::move(text));
  }

  [[nodiscard]] std::string bridged(const std::vector<Event>& events) const {
    std::string text;
    for (const Event& event : events) {
      if (const std::optional<BridgeEvent> told = bridge_(event)) {
        text += event_text(event.sequence, *told);
      }
    }
    return text;
  }

  void write(std::string text) {
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
  std::function<void(std::function<void()>)> on_loop_;
  std::function<std::optional<BridgeEvent>(const Event&)> bridge_;
  ExchangeRef exchange_;
  std::string account_;
  std::int64_t after_;
  std::int64_t until_;  ///< the newest event when the caller asked
  Follow follow_;
  Form form_;
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
         ",\"time\":\"" + schemas::iso_text(event.at) + "\",\"account\":\"" +
         json_escaped(event.scope.account) + "\",\"region\":\"" + json_escaped(event.scope.region) +
         "\",\"kind\":\"" + json_escaped(event.kind) + "\",\"subject\":\"" +
         json_escaped(event.subject) +
         "\",\"detail\":" + (event.detail.empty() ? "{}" : event.detail) + "}\n\n";
}

std::string event_text(std::int64_t sequence, const BridgeEvent& event) {
  return "id: " + std::to_string(sequence) + "\nevent: " + event.detail_type +
         "\ndata: " + event.json + "\n\n";
}

void serve_events(const EventSource& source, const Request& request, const ExchangeRef& exchange) {
  edge::EventFeed& feed = source.feed;
  const access::Verdict<Caller> caller = source.door.identify(request);
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
  const std::string form = query_value(request.query, "format");
  if (!form.empty() && form != "eventbridge") {
    answer(exchange, error_response(Protocol::rest,
                                    {.code = schemas::ErrorCode::invalid_parameter,
                                     .message = "format: events come as eventbridge, or in our own "
                                                "form when none is named; found \"" +
                                                form + "\"."}));
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
  const bool until_now = query_value(request.query, "follow") == "false";
  Wish wish{.account = std::get<Caller>(caller).scope.account,
            .after = *after,
            .follow = until_now ? Follow::until_now : Follow::on,
            .form = form.empty() ? Form::own : Form::event_bridge};
  std::make_shared<EventStream>(source, std::move(wish), exchange)->start();
}

}  // namespace control::http
