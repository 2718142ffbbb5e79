// The architecture, as a test: which room may include which, which package belongs where, and what
// a core may not touch. Each rule is also shown a violation, so that a rule that sees nothing
// fails.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/rules.h"

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> rooms{"agent", "capacity", "control", "fargate-pool",
                                     "netif", "schemas",  "tests"};

std::vector<tidy::SourceFile> read_tree(const std::set<std::string>& extensions) {
  std::vector<tidy::SourceFile> files;
  const fs::path root = SOURCE_ROOT;
  for (const std::string& room : rooms) {
    for (auto entry = fs::recursive_directory_iterator(root / room);
         entry != fs::recursive_directory_iterator(); ++entry) {
      if (entry->path().filename() == "node_modules") {
        entry.disable_recursion_pending();
        continue;
      }
      if (!entry->is_regular_file() || !extensions.contains(entry->path().extension().string())) {
        continue;
      }
      tidy::SourceFile file{.path = fs::relative(entry->path(), root).generic_string(),
                            .lines = {}};
      std::ifstream stream(entry->path());
      for (std::string line; std::getline(stream, line);) {
        file.lines.push_back(line);
      }
      files.push_back(std::move(file));
    }
  }
  return files;
}

const std::vector<tidy::SourceFile>& sources() {
  static const std::vector<tidy::SourceFile> files = read_tree({".h", ".cpp"});
  return files;
}

std::set<std::string> known_paths() {
  std::set<std::string> paths;
  for (const tidy::SourceFile& file : sources()) {
    paths.insert(file.path);
  }
  return paths;
}

void expect_clean(
    const std::function<std::vector<tidy::Violation>(const tidy::SourceFile&)>& check) {
  for (const tidy::SourceFile& file : sources()) {
    for (const tidy::Violation& violation : check(file)) {
      FAIL_CHECK(violation.path << ":" << violation.line << ": " << violation.what);
    }
  }
}

tidy::SourceFile planted(std::string_view path, std::string_view line) {
  return {.path = std::string(path), .lines = {"#pragma once", std::string(line)}};
}

}  // namespace

TEST_CASE("rooms include only the rooms they may, by paths from the root") {
  const std::set<std::string> known = known_paths();
  expect_clean([&](const tidy::SourceFile& file) { return tidy::check_includes(file, known); });
}

TEST_CASE("packages are included only where they belong") { expect_clean(tidy::check_packages); }

TEST_CASE("cores do no I/O, read no clock, roll no dice and start no threads") {
  expect_clean(tidy::check_core_words);
}

TEST_CASE("nothing throws, nothing is left to do, nothing is named after nothing") {
  expect_clean(tidy::check_words);
}

TEST_CASE("files and lines stay small enough to hold in the head") {
  expect_clean(tidy::check_size);
  for (const tidy::SourceFile& file : read_tree({".py", ".sh"})) {
    for (const tidy::Violation& violation : tidy::check_size(file)) {
      FAIL_CHECK(violation.path << ":" << violation.line << ": " << violation.what);
    }
  }
}

TEST_CASE("headers begin with #pragma once") { expect_clean(tidy::check_header); }

TEST_CASE("every room has its one-page README") {
  for (const std::string& room : rooms) {
    const fs::path page = fs::path(SOURCE_ROOT) / room / "README.md";
    CAPTURE(page.string());
    CHECK(fs::exists(page));
    std::ifstream stream(page);
    std::int64_t lines = 0;
    for (std::string line; std::getline(stream, line);) {
      ++lines;
    }
    CHECK(lines >= 10);
    CHECK(lines <= 150);
  }
}

TEST_CASE("an exception names a file that exists and still needs it") {
  const std::set<std::string> known = known_paths();
  for (const tidy::Exception& exception : tidy::exceptions()) {
    CAPTURE(exception.path);
    CHECK(known.contains(std::string(exception.path)));
    CHECK(!exception.reason.empty());
  }
}

TEST_CASE("the picture of the rooms has no circle") {
  // Each area is reached from itself only if an arrow leads back to it.
  for (const tidy::Area& start : tidy::areas()) {
    std::set<std::string_view> reached;
    std::vector<std::string_view> open(start.may_use.begin(), start.may_use.end());
    while (!open.empty()) {
      const std::string_view folder = open.back();
      open.pop_back();
      if (!reached.insert(folder).second) {
        continue;
      }
      const tidy::Area* area = tidy::area_of(folder);
      REQUIRE(area != nullptr);
      open.insert(open.end(), area->may_use.begin(), area->may_use.end());
    }
    CAPTURE(start.folder);
    // The generated structs name the engine's member tables and the engine reads them: one pair.
    if (start.folder != "api" && start.folder != "schemas/codec") {
      CHECK(!reached.contains(start.folder));
    }
  }
}

TEST_CASE("a planted violation is found") {
  const std::set<std::string> known{"schemas/base/id.h", "control/edge/store/store.h",
                                    "agent/core/engine.h"};
  const auto includes = [&](std::string_view path, std::string_view line) {
    return tidy::check_includes(planted(path, line), known).size();
  };
  CHECK(includes("netif/core/a.h", "#include \"schemas/base/id.h\"") == 0);
  CHECK(includes("netif/core/a.h", "#include \"control/edge/store/store.h\"") == 1);
  CHECK(includes("control/core/loop/a.h", "#include \"control/edge/store/store.h\"") == 1);
  CHECK(includes("control/edge/a.h", "#include \"agent/core/engine.h\"") == 1);
  CHECK(includes("control/cli/a.h", "#include \"control/edge/store/store.h\"") == 1);
  CHECK(includes("netif/core/a.h", "#include \"schemas/base/gone.h\"") == 1);
  CHECK(includes("netif/core/a.h", "#include \"id.h\"") == 1);
  CHECK(includes("garage/a.h", "") == 1);

  const auto package = [](std::string_view path, std::string_view line) {
    return tidy::check_packages(planted(path, line)).size();
  };
  CHECK(package("control/edge/store/sqlite/a.cpp", "#include <sqlite3.h>") == 0);
  CHECK(package("control/core/world/a.cpp", "#include <sqlite3.h>") == 1);
  CHECK(package("control/edge/store/a.cpp", "#include <boost/asio.hpp>") == 1);
  CHECK(package("agent/edge/runner/a.cpp", "#include <cpprest/http_client.h>") == 1);

  const auto core = [](std::string_view path, std::string_view line) {
    return tidy::check_core_words(planted(path, line)).size();
  };
  CHECK(core("agent/core/a.cpp", "auto t = std::chrono::system_clock::now();") == 1);
  CHECK(core("agent/core/a.cpp", "std::unordered_map<int, int> map;") == 1);
  CHECK(core("agent/core/a.cpp", "// unlike std::thread, this is data") == 0);
  CHECK(core("agent/edge/a.cpp", "auto t = std::chrono::system_clock::now();") == 0);
  CHECK(core("control/core/billing/a.cpp", "double price = 1;") == 1);
  CHECK(core("control/core/billing/a.cpp", "const int redouble = 1;") == 0);

  const auto words = [](std::string_view path, std::string_view line) {
    return tidy::check_words(planted(path, line)).size();
  };
  CHECK(words("agent/edge/a.cpp", "throw 1;") == 1);
  CHECK(words("agent/edge/a.cpp", "rethrow(1);") == 0);
  CHECK(words("agent/edge/a.cpp", "log(\"do not throw\");") == 0);
  CHECK(words("agent/edge/a.cpp", "x = 10'000; throw 1;  // digits are not a quote") == 1);
  CHECK(words("agent/edge/a.cpp", "class TaskManager {") == 1);
  CHECK(words("agent/edge/a.cpp", std::string("// TO") + "DO: later") == 1);
  CHECK(words("agent/utils/a.cpp", "") == 1);

  CHECK(tidy::check_size(planted("agent/edge/a.cpp", std::string(121, 'x'))).size() == 1);
  CHECK(tidy::check_size({.path = "agent/a.cpp", .lines = std::vector<std::string>(501)}).size() ==
        1);
  CHECK(tidy::check_header({.path = "agent/a.h", .lines = {"int x;"}}).size() == 1);
}

TEST_CASE("comments and strings are not code") {
  const std::vector<std::string> code = tidy::code_only({
      "int a = 1;  // throw",
      "/* throw",
      "   throw */ int b = 2;",
      "auto c = \"a \\\" throw\"; int d = '\"';",
      "auto e = R\"x(throw",
      "throw)x\"; int f = 3;",
  });
  for (const std::string& line : code) {
    CAPTURE(line);
    CHECK(line.find("throw") == std::string::npos);
  }
  CHECK(code[2].find("int b") != std::string::npos);
  CHECK(code[3].find("int d") != std::string::npos);
  CHECK(code[5].find("int f") != std::string::npos);
}
