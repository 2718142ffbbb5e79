// The temporary credentials of tasks: sealed into their own token, and good for nothing else.

#include "control/edge/access/task_credentials.h"

#include <doctest/doctest.h>

#include <chrono>
#include <set>

using control::access::fill_in;
using control::access::find_temporary;
using control::access::Reason;
using control::access::Refused;
using control::access::RoleKeys;
using control::access::Seal;
using control::access::Standing;
using control::access::Verdict;
using schemas::RoleCredentials;
// clang-tidy 14 does not see that a literal uses them. NOLINTBEGIN(misc-unused-using-decls)
using std::chrono_literals::operator""s;
// NOLINTEND(misc-unused-using-decls)

namespace {

constexpr schemas::Instant now{std::chrono::seconds(1'790'000'000)};
const RoleKeys roles{{{"123456789012", "reader"}, 7}};

RoleCredentials granted(const Seal& seal, const RoleKeys& known = roles) {
  schemas::Random random(3);
  RoleCredentials one;
  one.task = schemas::TaskId::draw(random);
  one.role_arn = "arn:aws:iam::123456789012:role/team/reader";
  one.expires_at = now + 60s;
  std::vector<RoleCredentials> all{one};
  fill_in(all, seal, known);
  REQUIRE(all.size() == 1);
  return all.front();
}

Reason reason(const Verdict<Standing>& verdict) {
  const auto* refused = std::get_if<Refused>(&verdict);
  REQUIRE(refused != nullptr);
  return refused->reason;
}

}  // namespace

TEST_CASE("temporary credentials stand for the task in its role, until they expire") {
  const Seal seal(std::string(32, 'k'));
  const RoleCredentials mine = granted(seal);
  CHECK(mine.access_key_id.starts_with("ASIA"));
  CHECK(mine.access_key_id.size() == 20);
  const auto found = find_temporary(mine.access_key_id, mine.session_token, seal, roles, now + 59s);
  const auto* standing = std::get_if<Standing>(&found);
  REQUIRE(standing != nullptr);
  CHECK(standing->account == "123456789012");
  CHECK(standing->principal == "arn:aws:sts::123456789012:assumed-role/reader/" + mine.task.text());
  CHECK(standing->secret == mine.secret_access_key);
  CHECK(reason(find_temporary(mine.access_key_id, mine.session_token, seal, roles, now + 60s)) ==
        Reason::expired_token);
}

TEST_CASE("a token is good with its own key only, as it was sealed, and here only") {
  const Seal seal(std::string(32, 'k'));
  const RoleCredentials mine = granted(seal);
  const auto other = [&](const std::string& id, const std::string& token, const Seal& with) {
    return reason(find_temporary(id, token, with, roles, now));
  };
  CHECK(other("ASIAZZZZZZZZZZZZZZZZ", mine.session_token, seal) == Reason::unrecognized_client);
  CHECK(other(mine.access_key_id, "", seal) == Reason::unrecognized_client);
  CHECK(other(mine.access_key_id, "nonsense", seal) == Reason::unrecognized_client);
  CHECK(other(mine.access_key_id, std::string(10'000, 'a'), seal) == Reason::unrecognized_client);
  CHECK(other(mine.access_key_id, mine.session_token, Seal(std::string(32, 'l'))) ==
        Reason::unrecognized_client);
  for (const std::size_t at :
       {std::size_t{5}, mine.session_token.size() / 2, mine.session_token.size() - 1}) {
    std::string changed = mine.session_token;
    changed[at] = changed[at] == '0' ? '1' : '0';
    CHECK(other(mine.access_key_id, changed, seal) == Reason::unrecognized_client);
  }
}

TEST_CASE("credentials die with their role; one of the same name is another") {
  const Seal seal(std::string(32, 'k'));
  const RoleCredentials mine = granted(seal);
  CHECK(reason(find_temporary(mine.access_key_id, mine.session_token, seal, {}, now)) ==
        Reason::unrecognized_client);
  CHECK(reason(find_temporary(mine.access_key_id, mine.session_token, seal,
                              {{{"123456789012", "reader"}, 8}}, now)) ==
        Reason::unrecognized_client);
  std::vector<RoleCredentials> late(1);
  late.front().role_arn = mine.role_arn;
  fill_in(late, seal, {});
  CHECK(late.empty());
}

TEST_CASE("no two credentials have a key, a secret or a token in common") {
  const Seal seal(std::string(32, 'k'));
  std::set<std::string> seen;
  for (int count = 0; count < 50; ++count) {
    const RoleCredentials one = granted(seal);
    CHECK(seen.insert(one.access_key_id).second);
    CHECK(seen.insert(one.secret_access_key).second);
    CHECK(seen.insert(one.session_token).second);
  }
}
