#include "control/edge/access/seal.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "control/core/world/change.h"
#include "control/edge/access/key_ring.h"
#include "control/edge/access/page_tokens.h"
#include "control/edge/access/secrets.h"

namespace control::access {

namespace {

/// A data directory of the test's own.
class Place {
 public:
  Place() : path_("/tmp/stowage-seal-XXXXXX") {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
    auto opened = store::DataDirectory::open(path_);
    REQUIRE(opened.ok());
    directory_ = std::move(opened).value();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const store::DataDirectory& directory() const { return *directory_; }
  [[nodiscard]] std::string key_file() const { return path_ + "/key"; }

 private:
  std::string path_;
  std::unique_ptr<store::DataDirectory> directory_;
};

std::string refusal(const Place& place, Held held) {
  const auto seal = open_key_file(place.directory(), held);
  return seal.ok() ? "" : seal.error().message;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const Seal one(std::string(32, 'k'));

}  // namespace

TEST_CASE("a sealed secret opens with its key, under its name, unchanged, and not otherwise") {
  const std::string sealed = one.close("wJalrXUtnFEMI", "access_key/AKIA1");
  CHECK(one.open(sealed, "access_key/AKIA1") == "wJalrXUtnFEMI");
  CHECK_FALSE(one.open(sealed, "access_key/AKIA2"));
  CHECK_FALSE(Seal(std::string(32, 'x')).open(sealed, "access_key/AKIA1"));
  CHECK_FALSE(has(sealed, "wJalr"));
  CHECK(one.close("wJalrXUtnFEMI", "access_key/AKIA1") != sealed);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = changed[at] == '0' ? '1' : '0';
    CHECK_FALSE(one.open(changed, "access_key/AKIA1"));
  }
  CHECK_FALSE(one.open("", "n"));
  CHECK_FALSE(one.open("v1:00", "n"));
  CHECK_FALSE(one.open("v1:zz", "n"));
}

TEST_CASE("the key file is made once, for its owner only, and read again by the next start") {
  const Place place;
  const auto first = open_key_file(place.directory(), Held::nothing);
  REQUIRE(first.ok());
  struct stat info {};
  REQUIRE(::stat(place.key_file().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
  const auto again = open_key_file(place.directory(), Held::secrets);
  REQUIRE(again.ok());
  CHECK(again.value().open(first.value().close("s", "n"), "n") == "s");
}

TEST_CASE("a key file that is lost, open to others or damaged is refused, saying what to do") {
  const Place place;
  CHECK(has(refusal(place, Held::secrets), "is missing"));
  CHECK_FALSE(std::filesystem::exists(place.key_file()));
  REQUIRE(refusal(place, Held::nothing).empty());
  REQUIRE(::chmod(place.key_file().c_str(), 0640) == 0);
  CHECK(has(refusal(place, Held::secrets), "chmod 600"));
  REQUIRE(::chmod(place.key_file().c_str(), 0600) == 0);
  std::ofstream(place.key_file()) << "0123";
  CHECK(has(refusal(place, Held::secrets), "is not a key"));
}

TEST_CASE("the ring has the keys that are on, and refuses rows that its seal does not open") {
  World world;
  apply(world, UserCreated{{.key = 1, .account = "111111111111", .name = "u", .created_at = {}}});
  schemas::AccessKey key{.key = 1,
                         .id = "AKIA1",
                         .user = 1,
                         .sealed_secret = one.close("secret", seal_name("AKIA1")),
                         .status = schemas::AccessKeyStatus::active,
                         .created_at = {}};
  apply(world, AccessKeyCreated{key});
  const auto ring = make_key_ring(world, one, nullptr);
  REQUIRE(ring.ok());
  const auto found = ring.value()->find("AKIA1", "", {});
  REQUIRE(std::holds_alternative<Standing>(found));
  CHECK(std::get<Standing>(found).secret == "secret");
  CHECK(std::get<Standing>(found).account == "111111111111");
  CHECK(std::get<Standing>(found).principal == "arn:aws:iam::111111111111:user/u");
  CHECK(std::holds_alternative<Refused>(ring.value()->find("AKIA1", "a session token", {})));

  apply(world, AccessKeyChanged{1, schemas::AccessKeyStatus::inactive});
  const auto off = make_key_ring(world, one, ring.value().get());
  REQUIRE(off.ok());
  CHECK(std::holds_alternative<Refused>(off.value()->find("AKIA1", "", {})));

  const auto wrong = make_key_ring(world, Seal(std::string(32, 'x')), nullptr);
  REQUIRE_FALSE(wrong.ok());
  CHECK(has(wrong.error().message, "AKIA1"));
  CHECK_FALSE(has(wrong.error().message, "secret\""));
}

TEST_CASE("a session is known by its token's hash until it expires") {
  World world;
  const schemas::Instant until{schemas::Duration{1'000}};
  apply(world, SessionOpened{{.key = 1,
                              .account = "111111111111",
                              .region = "eu-west-3",
                              .principal = "arn",
                              .hash = hash_of("token"),
                              .created_at = {},
                              .expires_at = until}});
  const auto ring = make_key_ring(world, one, nullptr).value();
  const auto found = ring->session(hash_of("token"), until - schemas::Duration{1});
  REQUIRE(std::holds_alternative<KeyRing::OpenSession>(found));
  CHECK(std::get<KeyRing::OpenSession>(found).scope == schemas::Scope{"111111111111", "eu-west-3"});
  const auto late = ring->session(hash_of("token"), until);
  REQUIRE(std::holds_alternative<Refused>(late));
  CHECK(std::get<Refused>(late).reason == Reason::expired_token);
  const auto other = ring->session(hash_of("other"), {});
  CHECK(std::get<Refused>(other).reason == Reason::unrecognized_client);
}

TEST_CASE("a page's token can be neither read, altered, moved to another list nor made") {
  const Seal seal(std::string(32, 'k'));
  const PageTokens tokens(seal);
  const std::string token = tokens.close("family-of-secrets", "ListTasks");
  CHECK(token.find("family") == std::string::npos);
  CHECK(token.find(hex("family")) == std::string::npos);
  CHECK(tokens.open(token, "ListTasks") == "family-of-secrets");
  CHECK(PageTokens(Seal(std::string(32, 'k'))).open(token, "ListTasks") == "family-of-secrets");

  CHECK_FALSE(tokens.open(token, "ListServices"));
  CHECK_FALSE(PageTokens(Seal(std::string(32, 'l'))).open(token, "ListTasks"));
  CHECK_FALSE(
      tokens.open(keyless_page_seal()->close("family-of-secrets", "ListTasks"), "ListTasks"));
  CHECK_FALSE(tokens.open(seal.close("family-of-secrets", "ListTasks"), "ListTasks"));
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string altered = token;
    altered[at] = static_cast<char>(altered[at] ^ 0x20);  // letters: only their case
    CHECK_FALSE(tokens.open(altered, "ListTasks"));
  }
}

}  // namespace control::access
