#include "control/edge/agents/log_relay.h"

#include <optional>
#include <utility>
#include <vector>

#include "control/edge/access/secrets.h"
#include "control/edge/agents/channel.h"
#include "control/edge/http/api/call.h"
#include "control/edge/http/response_text.h"

namespace control::agents {

namespace {

/// Hands on one piece of the host's body, then the next. Lives by the callbacks it gives away.
class Relay final : public std::enable_shared_from_this<Relay> {
 public:
  Relay(http::ExchangeRef host, http::ExchangeRef caller)
      : host_(std::move(host)), caller_(std::move(caller)) {}

  void start() {
    http::Response head;
    head.content_type = "application/x-ndjson";
    caller_->on_gone([self = weak_from_this()] {
      if (const auto alive = self.lock()) {
        alive->end();
      }
    });
    caller_->begin(head);
    hand_on();
  }

 private:
  void hand_on() {
    host_->read([self = shared_from_this()](http::BodyPart part) {
      switch (part.kind) {
        case http::BodyPart::Kind::data:
          self->caller_->write(std::move(part.bytes), [self](http::Delivery delivery) {
            if (delivery == http::Delivery::sent) {
              self->hand_on();
            } else {
              self->end();
            }
          });
          return;
        case http::BodyPart::Kind::end:
          self->caller_->finish();
          self->end();
          return;
        case http::BodyPart::Kind::lost:
          // Dropping the caller's exchange cuts its answer short, so that it sees it is not whole.
          return;
      }
    });
  }

  /// Also tells the host that nobody listens any more, if it is still sending.
  void end() {
    http::Response response;
    response.body = "{}";
    http::answer(host_, response);
  }

  http::ExchangeRef host_;
  http::ExchangeRef caller_;
};

}  // namespace

void LogRelay::follow(StreamWanted wanted, const http::ExchangeRef& caller) {
  loop_.want_stream(std::move(wanted), [this, caller](schemas::Result<StreamOpened> opened) {
    if (opened.ok()) {
      expect(opened.value(), caller);
    } else {
      http::answer(caller, http::error_response(http::Protocol::rest, opened.error()));
    }
  });
}

void LogRelay::expect(const StreamOpened& opened, const http::ExchangeRef& caller) {
  {
    const std::lock_guard lock(mutex_);
    waiting_[opened.ask] = {.caller = caller,
                            .identity_hash = opened.identity_hash,
                            .since = std::chrono::steady_clock::now()};
  }
  caller->on_gone([this, ask = opened.ask] { give_up(ask); });
}

void LogRelay::give_up(schemas::AskId ask) {
  http::ExchangeRef dropped;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(ask);
    if (found == waiting_.end()) {
      return;
    }
    dropped = std::move(found->second.caller);
    waiting_.erase(found);
  }
  loop_.settle_stream(ask);
}

void LogRelay::open(schemas::AskId ask, const std::string& identity_hash,
                    const http::ExchangeRef& host) {
  std::optional<Waiting> found;
  {
    const std::lock_guard lock(mutex_);
    const auto at = waiting_.find(ask);
    // An ask that is another host's looks to this one as if there were none.
    if (at != waiting_.end() && access::same(at->second.identity_hash, identity_hash)) {
      found = std::move(at->second);
      waiting_.erase(at);
    }
  }
  if (!found) {
    http::answer(host,
                 http::refusal(410, "AskGoneException", "Nobody waits for this stream any more."));
    return;
  }
  loop_.settle_stream(ask);
  std::make_shared<Relay>(host, found->caller)->start();
}

void LogRelay::sweep(std::chrono::steady_clock::time_point now) {
  std::vector<std::pair<schemas::AskId, http::ExchangeRef>> late;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = waiting_.begin(); at != waiting_.end();) {
      if (now - at->second.since < patience) {
        ++at;
        continue;
      }
      late.emplace_back(at->first, std::move(at->second.caller));
      at = waiting_.erase(at);
    }
  }
  for (const auto& [ask, caller] : late) {
    loop_.settle_stream(ask);
    http::answer(caller, http::refusal(504, "TargetNotConnectedException",
                                       "The task's host has not answered. Is its agent running? "
                                       "Its container instance says whether it is connected."));
  }
}

}  // namespace control::agents
