#include "control/edge/http/api/caller.h"

#include <doctest/doctest.h>

#include "control/edge/access/secrets.h"
#include "control/edge/export/price_file.h"

namespace control::http {

namespace {

const OpenDoor door("123456789012", "us-east-1");

Request from(std::vector<Header> headers) {
  Request request;
  request.headers = std::move(headers);
  return request;
}

std::string region_of(const std::string& authorization) {
  const auto verdict =
      door.identify(from({{"Host", "127.0.0.1:7070"}, {"Authorization", authorization}}));
  const auto* caller = std::get_if<Caller>(&verdict);
  return caller != nullptr ? caller->scope.region : "";
}

bool lets_in(const OpenDoor& which, std::vector<Header> headers) {
  return std::holds_alternative<Caller>(which.identify(from(std::move(headers))));
}

bool welcome(std::vector<Header> headers) { return lets_in(door, std::move(headers)); }

}  // namespace

TEST_CASE("the region is the credential scope's if there is one, else control's") {
  CHECK(region_of("AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-west-3/ecs/aws4_request, "
                  "SignedHeaders=host, Signature=00") == "eu-west-3");
  for (const std::string& odd :
       {std::string(), std::string("Bearer x"), std::string("AWS4-HMAC-SHA256 Credential=AKIA"),
        std::string("AWS4-HMAC-SHA256 Credential=A/1/UPPER CASE/ecs/x"),
        std::string("AWS4-HMAC-SHA256 Credential=A/1/") + std::string(200, 'x') + "/ecs/x"}) {
    CHECK(region_of(odd) == "us-east-1");
  }
}

TEST_CASE("without authentication no web page may speak for its visitor") {
  CHECK(welcome({{"Host", "127.0.0.1:7070"}}));
  CHECK(welcome({{"Host", "localhost:7070"}}));
  CHECK(welcome({{"Host", "[::1]:7070"}}));
  CHECK(welcome({{"Host", "127.0.0.1:7070"}, {"Origin", "http://127.0.0.1:7070"}}));
  CHECK_FALSE(welcome({{"Host", "127.0.0.1:7070"}, {"Origin", "https://evil.example"}}));
  CHECK_FALSE(welcome({{"Host", "127.0.0.1:7070"}, {"Origin", "null"}}));
  // A name of somebody else's that leads to 127.0.0.1.
  CHECK_FALSE(welcome({{"Host", "evil.example:7070"}}));
  const OpenDoor wide("1", "r", OpenDoor::Reach::anywhere);
  CHECK(lets_in(wide, {{"Host", "control.internal:7070"}}));
}

TEST_CASE("secrets are 256 bits, kept as a hash, and read from a bearer header") {
  const std::string secret = access::new_secret();
  CHECK(secret.size() == 64);
  CHECK(secret != access::new_secret());
  CHECK(access::hash_of("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(access::same(access::hash_of(secret), access::hash_of(secret)));
  CHECK_FALSE(access::same("abc", "abd"));
  CHECK_FALSE(access::same("abc", "ab"));
  CHECK(access::bearer("Bearer xyz") == "xyz");
  CHECK(access::bearer("Basic xyz").empty());
}

TEST_CASE("the program's price book is read, and a wrong one is refused by the entry's name") {
  const auto book = edge::read_prices(edge::default_prices(), "default");
  REQUIRE(book.ok());
  CHECK(book.value().currency == "USD");
  CHECK(book.value().fargate_vcpu_hour.count == 40'480'000);
  CHECK(book.value().minimum_seconds == 60);
  const auto unknown = edge::read_prices(
      "currency: USD\nminimum_seconds: 60\nfargate: {vcpu_hour: 1, gb_hour: 1}\ngpu_hour: 5\n",
      "mine.yaml");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message.find("gpu_hour") != std::string::npos);
  CHECK(unknown.error().message.find("mine.yaml") != std::string::npos);
  CHECK_FALSE(edge::read_prices("currency: USD\n", "mine.yaml").ok());
  CHECK_FALSE(edge::read_price_file("/nonexistent/prices.yaml").ok());
}

}  // namespace control::http
