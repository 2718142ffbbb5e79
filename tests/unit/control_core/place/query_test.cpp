#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <string>

#include "control/core/place/query/expression.h"

using control::query::Expression;
using control::query::Facts;
using schemas::ErrorCode;

namespace {

/// A host to be asked.
struct Asked {
  std::map<std::string, std::string> attributes{{"stack", "prod"},
                                                {"ecs.instance-type", "t2.small"},
                                                {"ecs.availability-zone", "us-east-1a"},
                                                {"rack", "9"},
                                                {"owner", "blue team"}};
  std::map<std::string, std::int64_t, std::less<>> groups{{"3/service:web", 2},
                                                          {"3/family:batch", 1}};
  Facts facts;
  Asked() {
    facts.agent_connected = true;
    facts.agent_version = "1.68.2";
    facts.attributes = &attributes;
    // 18 June 2018, 22:28:28 UTC
    facts.registered_at = schemas::Instant(std::chrono::milliseconds(1'529'360'908'250));
    facts.running_tasks = 3;
    facts.groups = &groups;
  }
};

bool holds(const std::string& text) {
  const auto parsed = Expression::parse(text);
  REQUIRE_MESSAGE(parsed.ok(), text, ": ", parsed.ok() ? "" : parsed.error().message);
  return parsed.value().holds(Asked().facts);
}

std::string refusal(const std::string& text) {
  const auto parsed = Expression::parse(text);
  REQUIRE_FALSE_MESSAGE(parsed.ok(), text);
  CHECK(parsed.error().code == ErrorCode::invalid_parameter);
  return parsed.error().message;
}

}  // namespace

TEST_CASE("an attribute is compared, looked up in a list, matched, or only asked for") {
  CHECK(holds("attribute:stack == prod"));
  CHECK(holds("attribute:stack equals prod"));
  CHECK_FALSE(holds("attribute:stack == test"));
  CHECK(holds("attribute:stack in [test, prod]"));
  CHECK(holds("attribute:stack in['prod']"));
  CHECK_FALSE(holds("attribute:stack in [test]"));
  CHECK(holds("attribute:ecs.instance-type =~ t2.*"));
  CHECK(holds("attribute:ecs.instance-type matches t2.*"));
  CHECK_FALSE(holds("attribute:ecs.instance-type =~ t2"));
  CHECK(holds("attribute:stack exists"));
  CHECK_FALSE(holds("attribute:other exists"));
  CHECK(holds("attribute:owner == 'blue team'"));
}

TEST_CASE("an operator's opposite is the operator denied, where the attribute is absent too") {
  for (const std::string name : {"stack", "other"}) {
    for (const auto& [plain, opposite] :
         {std::pair("== prod", "!= prod"), std::pair("in [prod]", "!in [prod]"),
          std::pair("in [prod]", "not_in [prod]"), std::pair("exists", "!exists"),
          std::pair("exists", "not_exists"), std::pair("=~ p.*", "!~ p.*"),
          std::pair("matches p.*", "not_matches p.*"),
          std::pair("equals prod", "not_equals prod")}) {
      CAPTURE(plain);
      const std::string subject = "attribute:" + name + " ";
      CHECK(holds(subject + plain) != holds(subject + opposite));
      CHECK(holds(subject + opposite) == holds("!(" + subject + plain + ")"));
    }
  }
  CHECK(holds("attribute:other != prod"));
}

TEST_CASE("and binds closer than or, not closer than both, and words mean what signs mean") {
  CHECK(holds("attribute:stack == prod || attribute:stack == x && attribute:stack == y"));
  CHECK_FALSE(holds("(attribute:stack == prod || attribute:stack == x) && attribute:stack == y"));
  CHECK(holds("attribute:stack == prod or attribute:stack == x and attribute:stack == y"));
  CHECK(holds("not attribute:stack == x and attribute:stack exists"));
  CHECK(holds("not(task:group == database)"));
  CHECK_FALSE(holds("!(attribute:stack exists)"));
  CHECK(holds("!!attribute:stack exists"));
  CHECK(holds("attribute:stack==prod&&attribute:rack==9"));
  CHECK(holds("((attribute:stack == prod))"));
}

TEST_CASE("attributes are ordered by number when both are numbers, else by text") {
  CHECK(holds("attribute:rack < 10"));
  CHECK(holds("attribute:rack <= 9"));
  CHECK(holds("attribute:rack greater_than 8"));
  CHECK_FALSE(holds("attribute:rack greater_than_equal 10"));
  CHECK(holds("attribute:stack > preview"));
  CHECK_FALSE(holds("attribute:other > 0"));
}

TEST_CASE("a host is asked which tasks it has, how many run, and since when it is registered") {
  CHECK(holds("task:group == service:web"));
  CHECK(holds("task:group == family:batch"));
  CHECK_FALSE(holds("task:group == service:api"));
  CHECK_FALSE(holds("task:group != service:web"));
  CHECK(holds("task:group =~ service:.*"));
  CHECK(holds("task:group in [service:api, service:web]"));
  CHECK(holds("runningTasksCount == 3"));
  CHECK(holds("runningTasksCount < 4"));
  CHECK_FALSE(holds("runningTasksCount less_than 3"));
  CHECK(holds("registeredAt >= 2018-06-18"));
  CHECK(holds("registeredAt == 2018-06-18T22:28:28"));
  CHECK(holds("registeredAt == 2018-06-18T22:28:28Z"));
  CHECK(holds("registeredAt == '2018-06-19T00:28:28+02:00'"));
  CHECK(holds("registeredAt < 2018-06-18T22:28:29+00:00"));
  CHECK_FALSE(holds("registeredAt > 2018-06-19"));
}

TEST_CASE("the agent's version is compared as a version and its connection as a truth") {
  CHECK(holds("agentVersion > 1.9.0"));
  CHECK(holds("agentVersion >= v1.68"));
  CHECK(holds("agentVersion > 1.68.2-rc1"));
  CHECK(holds("agentVersion == 1.68.2+build7"));
  CHECK_FALSE(holds("agentVersion < 1.68.2"));
  CHECK(holds("agentConnected == true"));
  CHECK(holds("agentConnected != false"));
  CHECK(holds("agentConnected in [true]"));
  CHECK_FALSE(holds("ec2InstanceId == i-0123"));
  CHECK(holds("ec2InstanceId !in [i-0123]"));
}

TEST_CASE("an expression that makes no sense is refused with the position and what was expected") {
  CHECK(refusal("").starts_with("The expression is invalid at position 1: expected a subject"));
  CHECK(refusal("attribute:stack = prod") ==
        "The expression is invalid at position 17: expected an operator (==, !=, >, >=, <, <=, "
        "exists, !exists, in, !in, =~ or !~), found '= prod'.");
  CHECK(refusal("attribute:stack == ") ==
        "The expression is invalid at position 20: expected a value, between single quotes if it "
        "has other signs than a name, found the end.");
  CHECK(refusal("attribute:stack == a b") ==
        "The expression is invalid at position 22: expected &&, || or the end, found 'b'.");
  CHECK(refusal("(attribute:stack exists") ==
        "The expression is invalid at position 24: expected &&, || or ), found the end.");
  CHECK(refusal("attribute:stack in [a, ]").find("position 24") != std::string::npos);
  CHECK(refusal("attribute:stack in a").find("expected [ and a list") != std::string::npos);
  CHECK(refusal("attribute:stack == 'a").find("position 20") != std::string::npos);
  CHECK(refusal("colour == red").find("expected a subject") != std::string::npos);
  CHECK(refusal("attribute: == red").find("expected a subject") != std::string::npos);
  CHECK(refusal("runningTasksCount == many").find("expected a whole number, found 'many'") !=
        std::string::npos);
  CHECK(refusal("registeredAt > 2018-02-30").find("expected an instant") != std::string::npos);
  CHECK(refusal("agentVersion > new").find("expected a version") != std::string::npos);
  CHECK(refusal("agentConnected == yes").find("expected true or false") != std::string::npos);
  CHECK(refusal("agentVersion =~ 1.*").find("the operator =~ does not apply to agentVersion") !=
        std::string::npos);
  CHECK(refusal("task:group > a").find("does not apply") != std::string::npos);
  CHECK(refusal("agentConnected exists").find("does not apply") != std::string::npos);
  CHECK(refusal("attribute:a =~ '(x'").find("position 16: the pattern has a '(' without its ')'") !=
        std::string::npos);
}

TEST_CASE("an expression is bounded in length, depth, terms, lists and patterns") {
  CHECK(refusal(std::string(2001, ' ')).find("too long") != std::string::npos);
  CHECK(refusal(std::string(200, '(')).find("nested deeper than 32") != std::string::npos);
  CHECK(refusal(std::string(200, '!')).find("nested deeper than 32") != std::string::npos);
  std::string terms = "attribute:a exists";
  for (int i = 0; i < 90; ++i) {
    terms += "||attribute:a exists";
  }
  CHECK(terms.size() < control::query::expression_bytes_max);
  CHECK_FALSE(holds(terms));
  std::string many = "attribute:a in [a";
  for (int i = 0; i < 100; ++i) {
    many += ",a";
  }
  CHECK(refusal(many + "]").find("more than 100 values") != std::string::npos);
  CHECK(refusal("attribute:a =~ a{200} || attribute:b =~ b{100}").find("256 characters together") !=
        std::string::npos);
}

TEST_CASE("only expressions about tasks have answers that change with tasks") {
  CHECK(Expression::parse("task:group == a").value().asks_about_tasks());
  CHECK(
      Expression::parse("attribute:a exists || runningTasksCount > 1").value().asks_about_tasks());
  CHECK_FALSE(
      Expression::parse("attribute:a exists && agentConnected == true").value().asks_about_tasks());
}
