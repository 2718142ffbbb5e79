#include "control/edge/access/signature.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "control/edge/access/canonical.h"
#include "control/edge/access/key_ring.h"
#include "control/edge/access/secrets.h"

namespace control::access {

namespace {

constexpr const char* key_id = "AKIAIOSFODNN7EXAMPLE";
constexpr const char* secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr const char* time_of_vectors = "20261124T204515Z";

/// One key, and one pair of temporary credentials.
class OneKey final : public Keys {
 public:
  Verdict<Standing> find(const std::string& access_key_id, const std::string& session_token,
                         schemas::Instant /*now*/) const override {
    if (access_key_id != key_id ||
        (!session_token.empty() && session_token != "TOKEN/with+signs=")) {
      return Refused{.reason = Reason::unrecognized_client, .message = "nobody"};
    }
    return Standing{.account = "111111111111", .principal = "arn", .secret = secret};
  }
};

schemas::Instant now() { return *signing_time(time_of_vectors); }

std::string authorization(const std::string& region, const std::string& headers,
                          const std::string& signature) {
  return std::string("AWS4-HMAC-SHA256 Credential=") + key_id + "/20261124/" + region +
         "/ecs/aws4_request, SignedHeaders=" + headers + ", Signature=" + signature;
}

/// What botocore 1.29 signed with the key above at the instant above.
http::Request posted() {
  http::Request request;
  request.method = "POST";
  request.path = "/";
  request.headers = {
      {"Host", "127.0.0.1:7070"},
      {"Content-Type", "application/x-amz-json-1.1"},
      {"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.ListClusters"},
      {"User-Agent", "x"},
      {"X-Amz-Date", time_of_vectors},
      {"Authorization",
       authorization("us-east-1", "content-type;host;x-amz-date;x-amz-target",
                     "c89241b39dc088c59d3a6dd2dfd9a58afe3a970ebac97243c89a415c0d942fc3")}};
  request.body = "{}";
  return request;
}

http::Request got(const std::string& path, const std::string& query, std::vector<http::Header> more,
                  const std::string& authorized) {
  http::Request request;
  request.method = "GET";
  request.path = path;
  request.query = query;
  request.headers = std::move(more);
  request.headers.push_back({"Host", "127.0.0.1:7070"});
  request.headers.push_back({"X-Amz-Date", time_of_vectors});
  request.headers.push_back({"Authorization", authorized});
  return request;
}

std::string& header(http::Request& request, std::string_view name) {
  const auto at = std::find_if(request.headers.begin(), request.headers.end(),
                               [name](const http::Header& one) { return one.name == name; });
  REQUIRE(at != request.headers.end());
  return at->value;
}

Verdict<Signer> verdict(const http::Request& request, schemas::Instant at = now()) {
  DayKeys day_keys;
  const OneKey keys;
  return verify(request, keys, day_keys, at);
}

/// The region that was signed for, or the name of the refusal.
std::string outcome(const http::Request& request, schemas::Instant at = now()) {
  const Verdict<Signer> found = verdict(request, at);
  if (const auto* refused = std::get_if<Refused>(&found)) {
    return std::string(name_of(refused->reason));
  }
  return std::get<Signer>(found).region;
}

std::string why(const http::Request& request, schemas::Instant at = now()) {
  const Verdict<Signer> found = verdict(request, at);
  const auto* refused = std::get_if<Refused>(&found);
  return refused == nullptr ? "" : refused->message;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* incomplete = "IncompleteSignatureException";
constexpr const char* invalid = "InvalidSignatureException";

}  // namespace

TEST_CASE("what botocore signed is let in: a call, a query, blanks, an escaped path, a token") {
  CHECK(outcome(posted()) == "us-east-1");
  CHECK(outcome(got(
            "/v1/subnets", "", {},
            authorization("us-east-1", "host;x-amz-date",
                          "4796b31ab4d4b606d7c75e28815418874023ca8543bd1969cb8da47b59389df6"))) ==
        "us-east-1");
  CHECK(outcome(got(
            "/v1/events", "follow=false&after=0&b=a%20b&B=1", {{"X-Odd", "  two   blanks  "}},
            authorization("eu-west-3", "host;x-amz-date;x-odd",
                          "c9e7c55c91fc80b1183671c8c400c2953ae3d1064ad433f484156dc974147938"))) ==
        "eu-west-3");
  http::Request removed =
      got("/v1/clusters/a%20b", "", {},
          authorization("us-east-1", "host;x-amz-date",
                        "d9b438378a57564506fa075fa47c484b85193e75a5e308bcfd3e834d56d77245"));
  removed.method = "DELETE";
  CHECK(outcome(removed) == "us-east-1");
  CHECK(outcome(got(
            "/v1/clusters", "", {{"X-Amz-Security-Token", "TOKEN/with+signs="}},
            authorization("us-east-1", "host;x-amz-date;x-amz-security-token",
                          "7534b90cb0cb30643f441763b4fe4beead841512c53171d88697ef00765ad078"))) ==
        "us-east-1");
}

TEST_CASE("a request that was changed on its way is refused, whatever was changed") {
  http::Request other = posted();
  other.body = "{ }";
  CHECK(outcome(other) == invalid);
  for (const char* name : {"Content-Type", "X-Amz-Target", "Host"}) {
    other = posted();
    header(other, name) += "x";
    CHECK_MESSAGE(outcome(other) == invalid, name);
  }
  other = posted();
  other.method = "PUT";
  CHECK(outcome(other) == invalid);
  other = posted();
  other.path = "/v1/clusters";
  CHECK(outcome(other) == invalid);
  other = posted();
  other.query = "a=1";
  CHECK(outcome(other) == invalid);
  other = posted();
  other.headers.push_back({"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.DeleteCluster"});
  CHECK(outcome(other) == invalid);
  other = posted();
  std::string& signature = header(other, "Authorization");
  signature.back() = signature.back() == '0' ? '1' : '0';
  CHECK(outcome(other) == invalid);
  CHECK(has(why(other), "Check your AWS Secret Access Key"));
  // What the signature does not cover may be anything.
  other = posted();
  header(other, "User-Agent") = "another";
  CHECK(outcome(other) == "us-east-1");
}

TEST_CASE("a request is good for five minutes either way, and says so in words clients know") {
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  CHECK(outcome(posted(), now() + minutes(5)) == "us-east-1");
  CHECK(outcome(posted(), now() - minutes(5)) == "us-east-1");
  CHECK(outcome(posted(), now() + minutes(5) + milliseconds(1)) == invalid);
  CHECK(why(posted(), now() + minutes(6)) ==
        "Signature expired: 20261124T204515Z is now earlier than 20261124T204615Z "
        "(20261124T205115Z - 5 min.)");
  CHECK(why(posted(), now() - minutes(6)) ==
        "Signature not yet current: 20261124T204515Z is still later than 20261124T204415Z "
        "(20261124T203915Z + 5 min.)");
  http::Request other = posted();
  header(other, "X-Amz-Date") = "20261123T235959Z";
  CHECK(outcome(other) == invalid);
  CHECK(has(why(other), "'20261124' != '20261123'"));
  for (const char* nonsense : {"", "yesterday", "20261124T204515", "20261324T204515Z",
                               "20261124T244515Z", "-0261124T204515Z", "2026112 T204515Z"}) {
    header(other, "X-Amz-Date") = nonsense;
    CHECK_MESSAGE(outcome(other) == incomplete, nonsense);
  }
}

TEST_CASE("who is unknown, who shows nothing and who signs for something else is told apart") {
  http::Request other = posted();
  std::string& authorized = header(other, "Authorization");
  authorized.replace(authorized.find(key_id), 20, "AKIAIOSFODNN7EXAMPL3");
  CHECK(outcome(other) == "UnrecognizedClientException");
  other = posted();
  other.headers.pop_back();
  CHECK(outcome(other) == "MissingAuthenticationTokenException");
  other.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00";
  CHECK(outcome(other) == incomplete);
  CHECK(has(why(other), "Presigned URLs"));
  other = posted();
  header(other, "Authorization").replace(header(other, "Authorization").find("/ecs/"), 5, "/s3/");
  CHECK(outcome(other) == invalid);
  CHECK(has(why(other), "correct service: 'ecs'"));
}

TEST_CASE("a signature must cover the host, the date, every x-amz header and the body") {
  http::Request other = posted();
  other.headers.push_back({"X-Amz-Extra", "1"});
  CHECK(outcome(other) == incomplete);
  CHECK(has(why(other), "x-amz-extra"));
  const auto covering = [](const std::string& headers) {
    http::Request request = posted();
    header(request, "Authorization") = authorization("us-east-1", headers, std::string(64, '0'));
    return why(request);
  };
  CHECK(has(covering("content-type;x-amz-date;x-amz-target"), "header host"));
  CHECK(has(covering("content-type;host;x-amz-target"), "x-amz-date"));
  CHECK(has(covering("content-type;host;x-amz-date"), "x-amz-target"));
  CHECK(has(covering("absent;content-type;host;x-amz-date;x-amz-target"), "does not have"));
  CHECK(has(covering("host;content-type;x-amz-date;x-amz-target"), "ascending"));
  CHECK(has(covering("host;host;x-amz-date;x-amz-target"), "each once"));
  other = posted();
  other.headers.push_back({"X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"});
  header(other, "Authorization") =
      authorization("us-east-1", "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target",
                    std::string(64, '0'));
  CHECK(outcome(other) == incomplete);
  CHECK(has(why(other), "cover the body"));
  header(other, "X-Amz-Content-Sha256") = hash_of("another body");
  CHECK(outcome(other) == invalid);
  CHECK(has(why(other), "x-amz-content-sha256"));
  other = posted();
  other.path = "/v1/../";
  CHECK(outcome(other) == incomplete);
}

TEST_CASE("an Authorization header that is not one is named for what is wrong with it") {
  const auto said = [](const std::string& text) {
    const Verdict<Authorization> read = parse_authorization(text);
    const auto* refused = std::get_if<Refused>(&read);
    return refused == nullptr ? "" : refused->message;
  };
  const std::string good = authorization("us-east-1", "host;x-amz-date", std::string(64, 'a'));
  CHECK(said(good).empty());
  CHECK(has(said(""), "must start with AWS4-HMAC-SHA256"));
  CHECK(has(said("Basic dXNlcjpwYXNz"), "must start with AWS4-HMAC-SHA256"));
  CHECK(has(said("AWS4-HMAC-SHA256"), "must start with"));
  CHECK(has(said("AWS4-HMAC-SHA256 "), "each once"));
  CHECK(has(said("AWS4-HMAC-SHA256 Credential=a/20261124/r/ecs/aws4_request, SignedHeaders=host"),
            "no Signature"));
  CHECK(has(said(good + ", Signature=" + std::string(64, 'a')), "each once"));
  CHECK(has(said(good + ", Extra=1"), "nothing else"));
  CHECK(has(said(authorization("UPPER", "host", std::string(64, 'a'))), "Credential"));
  CHECK(has(said(authorization("us/east", "host", std::string(64, 'a'))), "Credential"));
  CHECK(has(said(authorization("", "host", std::string(64, 'a'))), "Credential"));
  CHECK(has(said(authorization("us-east-1", "", std::string(64, 'a'))), "SignedHeaders"));
  CHECK(has(said(authorization("us-east-1", "Host", std::string(64, 'a'))), "lower-case"));
  CHECK(has(said(authorization("us-east-1", "host", std::string(63, 'a'))), "64 hex"));
  CHECK(has(said(authorization("us-east-1", "host", std::string(64, 'A'))), "64 hex"));
  CHECK_FALSE(said(std::string(100'000, ',')).empty());
  CHECK_FALSE(said("AWS4-HMAC-SHA256 " + std::string(100'000, '=')).empty());
}

TEST_CASE("paths and queries have one canonical form") {
  CHECK(canonical_path("/") == "/");
  CHECK(canonical_path("") == "/");
  CHECK(canonical_path("/v1/a%20b/c:1") == "/v1/a%2520b/c%3A1");
  CHECK(canonical_query("") == "");
  CHECK(canonical_query("b=2&a=1&a=0&c") == "a=0&a=1&b=2&c=");
  CHECK(canonical_query("a=%7e%2f/") == "a=~%2F%2F");
  for (const char* plain : {"/", "/v1", "/v1/", "/v1/a..b/.c", "/v1/..."}) {
    CHECK_MESSAGE(is_plain_path(plain), plain);
  }
  for (const char* odd : {"", "v1", "//", "/v1//a", "/.", "/v1/..", "/v1/./a", "/v1/../a"}) {
    CHECK_MESSAGE(!is_plain_path(odd), odd);
  }
  CHECK(basic_time(*signing_time("Tue, 24 Nov 2026 20:45:15 GMT")) == time_of_vectors);
  CHECK_FALSE(signing_time("Tue, 24 Abc 2026 20:45:15 GMT"));
}

TEST_CASE("day keys are remembered, bounded, and gone when asked to forget") {
  DayKeys keys;
  Authorization read;
  read.day = "20150830";
  read.region = "us-east-1";
  read.service = "iam";
  // AWS's own published example of a derived key.
  const std::string expected = "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9";
  CHECK(hex(keys.of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", read)) == expected);
  CHECK(hex(keys.of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", read)) == expected);
  for (int region = 0; region < 10'000; ++region) {
    read.region = "r" + std::to_string(region);
    static_cast<void>(keys.of("secret", read));
  }
  keys.forget();
  CHECK(hex(keys.of("another", read)) != expected);
}

}  // namespace control::access
