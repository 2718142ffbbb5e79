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

bool host_holds(const std::string& text) {
  const auto parsed = Expression::parse(text);
  REQUIRE_MESSAGE(parsed.ok(), text, ": ", parsed.ok() ? "" : parsed.error().message);
  return parsed.value().holds(Asked().facts);
}

std::string why_refused(const std::string& text) {
  const auto parsed = Expression::parse(text);
  REQUIRE_FALSE_MESSAGE(parsed.ok(), text);
  CHECK(parsed.error().code == ErrorCode::invalid_parameter);
  return parsed.error().message;
}

}  // namespace

TEST_CASE("an attribute is compared, looked up in a list, matched, or only asked for") {
  CHECK(host_holds("attribute:stack == prod"));
  CHECK(host_holds("attribute:stack equals prod"));
  CHECK_FALSE(host_holds("attribute:stack == test"));
  CHECK(host_holds("attribute:stack in [test, prod]"));
  CHECK(host_holds("attribute:stack in['prod']"));
  CHECK_FALSE(host_holds("attribute:stack in [test]"));
  CHECK(host_holds("attribute:ecs.instance-type =~ t2.*"));
  CHECK(host_holds("attribute:ecs.instance-type matches t2.*"));
  CHECK_FALSE(host_holds("attribute:ecs.instance-type =~ t2"));
  CHECK(host_holds("attribute:stack exists"));
  CHECK_FALSE(host_holds("attribute:other exists"));
  CHECK(host_holds("attribute:owner == 'blue team'"));
}

TEST_CASE("an operator's opposite is the operator denied, where the attribute is absent too") {
  for (const std::string name : {"stack", "other"}) {
    for (const auto& both :
         {std::pair("== prod", "!= prod"), std::pair("in [prod]", "!in [prod]"),
          std::pair("in [prod]", "not_in [prod]"), std::pair("exists", "!exists"),
          std::pair("exists", "not_exists"), std::pair("=~ p.*", "!~ p.*"),
          std::pair("matches p.*", "not_matches p.*"),
          std::pair("equals prod", "not_equals prod")}) {
      const std::string plain = both.first;
      const std::string opposite = both.second;
      CAPTURE(plain);
      const std::string subject = "attribute:" + name + " ";
      CHECK(host_holds(subject + plain) != host_holds(subject + opposite));
      CHECK(host_holds(subject + opposite) == host_holds("!(" + subject + plain + ")"));
    }
  }
  CHECK(host_holds("attribute:other != prod"));
}

TEST_CASE("and binds closer than or, not closer than both, and words mean what signs mean") {
  CHECK(host_holds("attribute:stack == prod || attribute:stack == x && attribute:stack == y"));
  CHECK_FALSE(
      host_holds("(attribute:stack == prod || attribute:stack == x) && attribute:stack == y"));
  CHECK(host_holds("attribute:stack == prod or attribute:stack == x and attribute:stack == y"));
  CHECK(host_holds("not attribute:stack == x and attribute:stack exists"));
  CHECK(host_holds("not(task:group == database)"));
  CHECK_FALSE(host_holds("!(attribute:stack exists)"));
  CHECK(host_holds("!!attribute:stack exists"));
  CHECK(host_holds("attribute:stack==prod&&attribute:rack==9"));
  CHECK(host_holds("((attribute:stack == prod))"));
}

TEST_CASE("attributes are ordered by number when both are numbers, else by text") {
  CHECK(host_holds("attribute:rack < 10"));
  CHECK(host_holds("attribute:rack <= 9"));
  CHECK(host_holds("attribute:rack greater_than 8"));
  CHECK_FALSE(host_holds("attribute:rack greater_than_equal 10"));
  CHECK(host_holds("attribute:stack > preview"));
  CHECK_FALSE(host_holds("attribute:other > 0"));
}

TEST_CASE("a host is asked which tasks it has, how many run, and since when it is registered") {
  CHECK(host_holds("task:group == service:web"));
  CHECK(host_holds("task:group == family:batch"));
  CHECK_FALSE(host_holds("task:group == service:api"));
  CHECK_FALSE(host_holds("task:group != service:web"));
  CHECK(host_holds("task:group =~ service:.*"));
  CHECK(host_holds("task:group in [service:api, service:web]"));
  CHECK(host_holds("runningTasksCount == 3"));
  CHECK(host_holds("runningTasksCount < 4"));
  CHECK_FALSE(host_holds("runningTasksCount less_than 3"));
  CHECK(host_holds("registeredAt >= 2018-06-18"));
  CHECK(host_holds("registeredAt == 2018-06-18T22:28:28"));
  CHECK(host_holds("registeredAt == 2018-06-18T22:28:28Z"));
  CHECK(host_holds("registeredAt == '2018-06-19T00:28:28+02:00'"));
  CHECK(host_holds("registeredAt < 2018-06-18T22:28:29+00:00"));
  CHECK_FALSE(host_holds("registeredAt > 2018-06-19"));
}

TEST_CASE("the agent's version is compared as a version and its connection as a truth") {
  CHECK(host_holds("agentVersion > 1.9.0"));
  CHECK(host_holds("agentVersion >= v1.68"));
  CHECK(host_holds("agentVersion > 1.68.2-rc1"));
  CHECK(host_holds("agentVersion == 1.68.2+build7"));
  CHECK_FALSE(host_holds("agentVersion < 1.68.2"));
  CHECK(host_holds("agentConnected == true"));
  CHECK(host_holds("agentConnected != false"));
  CHECK(host_holds("agentConnected in [true]"));
  CHECK_FALSE(host_holds("ec2InstanceId == i-0123"));
  CHECK(host_holds("ec2InstanceId !in [i-0123]"));
}

TEST_CASE("an expression that makes no sense is refused with the position and what was expected") {
  CHECK(why_refused("").starts_with("The expression is invalid at position 1: expected a subject"));
  CHECK(why_refused("attribute:stack = prod") ==
        "The expression is invalid at position 17: expected an operator (==, !=, >, >=, <, <=, "
        "exists, !exists, in, !in, =~ or !~), found '= prod'.");
  CHECK(why_refused("attribute:stack == ") ==
        "The expression is invalid at position 20: expected a value, between single quotes if it "
        "has other signs than a name, found the end.");
  CHECK(why_refused("attribute:stack == a b") ==
        "The expression is invalid at position 22: expected &&, || or the end, found 'b'.");
  CHECK(why_refused("(attribute:stack exists") ==
        "The expression is invalid at position 24: expected &&, || or ), found the end.");
  CHECK(why_refused("attribute:stack in [a, ]").find("position 24") != std::string::npos);
  CHECK(why_refused("attribute:stack in a").find("expected [ and a list") != std::string::npos);
  CHECK(why_refused("attribute:stack == 'a").find("position 20") != std::string::npos);
  CHECK(why_refused("colour == red").find("expected a subject") != std::string::npos);
  CHECK(why_refused("attribute: == red").find("expected a subject") != std::string::npos);
  CHECK(why_refused("runningTasksCount == many").find("expected a whole number, found 'many'") !=
        std::string::npos);
  CHECK(why_refused("registeredAt > 2018-02-30").find("expected an instant") != std::string::npos);
  CHECK(why_refused("agentVersion > new").find("expected a version") != std::string::npos);
  CHECK(why_refused("agentConnected == yes").find("expected true or false") != std::string::npos);
  CHECK(why_refused("agentVersion =~ 1.*").find("the operator =~ does not apply to agentVersion") !=
        std::string::npos);
  CHECK(why_refused("task:group > a").find("does not apply") != std::string::npos);
  CHECK(why_refused("agentConnected exists").find("does not apply") != std::string::npos);
  CHECK(why_refused("attribute:a =~ '(x'")
            .find("position 16: the pattern has a '(' without its ')'") != std::string::npos);
}

TEST_CASE("an expression is bounded in length, depth, terms, lists and patterns") {
  CHECK(why_refused(std::string(2001, ' ')).find("too long") != std::string::npos);
  CHECK(why_refused(std::string(200, '(')).find("nested deeper than 32") != std::string::npos);
  CHECK(why_refused(std::string(200, '!')).find("nested deeper than 32") != std::string::npos);
  std::string terms = "attribute:a exists";
  for (int i = 0; i < 90; ++i) {
    terms += "||attribute:a exists";
  }
  CHECK(terms.size() < control::query::expression_bytes_max);
  CHECK_FALSE(host_holds(terms));
  std::string many = "attribute:a in [a";
  for (int i = 0; i < 100; ++i) {
    many += ",a";
  }
  CHECK(why_refused(many + "]").find("more than 100 values") != std::string::npos);
  CHECK(why_refused("attribute:a =~ a{200} || attribute:b =~ b{100}")
            .find("256 characters together") != std::string::npos);
}

TEST_CASE("only expressions about tasks have answers that change with tasks") {
  CHECK(Expression::parse("task:group == a").value().asks_about_tasks());
  CHECK(
      Expression::parse("attribute:a exists || runningTasksCount > 1").value().asks_about_tasks());
  CHECK_FALSE(
      Expression::parse("attribute:a exists && agentConnected == true").value().asks_about_tasks());
}
