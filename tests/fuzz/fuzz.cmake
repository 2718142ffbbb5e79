# The fuzzers: the preset `fuzz` configures them, `tests/fuzz/run` builds and runs them. Each has the
# sources and rooms that it needs and no more, so that all of them are built in a minute.
add_custom_target(fuzzers)

# fuzzer(<name> <library or source>...): makes fuzz_<name> of tests/fuzz/<name>.cpp.
function(fuzzer name)
  set(sources ${ARGN})
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  set(libraries ${ARGN})
  list(FILTER libraries EXCLUDE REGEX "\\.cpp$")
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL tests/fuzz/${name}.cpp ${sources})
  target_include_directories(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(fuzz_${name} PRIVATE ${libraries} house_rules)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers fuzz_${name})
endfunction()

fuzzer(json schemas_codec)
fuzzer(yaml schemas_codec)
fuzzer(agent_answer schemas_codec)
fuzzer(agent_report schemas_codec fargate_pool_core
  control/core/lifecycle/lifecycle.cpp control/core/loop/report_check.cpp)
fuzzer(authorization schemas control/edge/access/authorization.cpp
  control/edge/access/canonical.cpp control/edge/http/exchange.cpp)
fuzzer(page_token schemas control/core/loop/operations/page.cpp control/core/loop/page_seal.cpp
  control/core/loop/fingerprint.cpp)
fuzzer(query schemas control/core/place/query/expression.cpp control/core/place/query/parser.cpp
  control/core/place/query/pattern.cpp control/core/place/query/pattern_tree.cpp
  control/core/place/query/scanner.cpp control/core/place/query/values.cpp)
