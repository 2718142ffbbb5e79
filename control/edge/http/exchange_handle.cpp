#include <atomic>
#include <boost/asio/post.hpp>

#include "control/edge/http/reactor.h"
#include "control/edge/http/response_text.h"

namespace control::http {

namespace {

constexpr auto nobody = [] {};

class ExchangeHandle final : public Exchange {
 public:
  ExchangeHandle(ReactorRef reactor, std::weak_ptr<LiveConnection> connection, std::int64_t number)
      : reactor_(std::move(reactor)), connection_(std::move(connection)), number_(number) {}
  ExchangeHandle(const ExchangeHandle&) = delete;
  ExchangeHandle& operator=(const ExchangeHandle&) = delete;

  ~ExchangeHandle() override {
    if (complete_.load()) {
      return;
    }
    on_connection(
        [](LiveConnection& connection) {
          connection.answer(refusal(500, "ServerException",
                                    "The request was dropped without an answer; try again."));
        },
        nobody);
  }

  void answer(MakeResponse make) override {
    complete_.store(true);
    on_connection(
        [make = std::move(make)](LiveConnection& connection) { connection.answer(make()); },
        nobody);
  }

  void begin(Response head) override {
    on_connection([head = std::move(head)](LiveConnection& connection) { connection.begin(head); },
                  nobody);
  }

  void write(std::string chunk, OnWritten written) override {
    on_connection([chunk = std::move(chunk),
                   written](LiveConnection& connection) { connection.write(chunk, written); },
                  [written] { written(Delivery::lost); });
  }

  void finish() override {
    complete_.store(true);
    on_connection([](LiveConnection& connection) { connection.finish(); }, nobody);
  }

  void read(OnPart part) override {
    on_connection([part](LiveConnection& connection) { connection.read(part); },
                  [part] { part({.kind = BodyPart::Kind::lost, .bytes = {}}); });
  }

  void on_gone(std::function<void()> gone) override {
    on_connection([gone](LiveConnection& connection) { connection.watch(gone); }, gone);
  }

 private:
  /// Runs `work(connection)` on the io thread if this request is still the one being served, else
  /// `lost()`.
  template <class Work, class Lost>
  void on_connection(Work work, Lost lost) {
    if (reactor_->io.stopped()) {  // nobody would run it
      lost();
      return;
    }
    boost::asio::post(reactor_->io, [connection = connection_, number = number_,
                                     work = std::move(work), lost = std::move(lost)] {
      const std::shared_ptr<LiveConnection> alive = connection.lock();
      if (alive && alive->serves(number)) {
        work(*alive);
      } else {
        lost();
      }
    });
  }

  ReactorRef reactor_;
  std::weak_ptr<LiveConnection> connection_;
  std::int64_t number_;
  std::atomic<bool> complete_ = false;
};

}  // namespace

ExchangeRef make_exchange(ReactorRef reactor, std::weak_ptr<LiveConnection> connection,
                          std::int64_t number) {
  return std::make_shared<ExchangeHandle>(std::move(reactor), std::move(connection), number);
}

}  // namespace control::http
