include(tests/bench/bench.cmake OPTIONAL)  # also in a release build: that is what it measures
include(tests/sim/sim.cmake OPTIONAL)      # also: ten thousand seeds want speed
if(STOWAGE_FUZZ)
  include(tests/fuzz/fuzz.cmake)
endif()

# One unit binary per room, so that a changed core file is one small link away from its answer.
if(NOT STOWAGE_TESTS)
  return()
endif()
find_package(doctest REQUIRED)
enable_testing()

# Only the files that read something of the tree know where it is: objects of all others are the
# same in every clone, so a compiler cache has them.
set_source_files_properties(
  tests/unit/schemas_codec/examples_test.cpp tests/unit/schemas_codec/wire_test.cpp
  tests/unit/agent_edge/checkpoint_test.cpp tests/store/workplace.cpp tests/engine/host.cpp
  PROPERTIES COMPILE_DEFINITIONS SOURCE_ROOT="${PROJECT_SOURCE_DIR}")

add_library(test_main STATIC tests/unit/main.cpp)
target_link_libraries(test_main PUBLIC doctest::doctest)
# What throws inside a CHECK ends its test case, which names it; the code for more than that is a tenth of
# what there is to compile.
target_compile_definitions(test_main INTERFACE DOCTEST_CONFIG_NO_TRY_CATCH_IN_ASSERTS)

# unit(<room folder under tests/unit> <library>...): makes unit_<folder> and its ctest entry.
function(unit folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS tests/unit/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  string(REPLACE "-" "_" name ${folder})
  string(REPLACE "/" "_" name ${name})
  add_executable(unit_${name} ${sources})
  target_include_directories(unit_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(unit_${name} PRIVATE ${ARGN} test_main house_rules)
  add_test(NAME unit_${name} COMMAND unit_${name})
endfunction()

unit(schemas             schemas)
unit(schemas_codec       schemas_codec)
unit(netif               netif_core)
unit(fargate-pool        fargate_pool_core)
unit(capacity            capacity_core)
unit(agent_core          agent_core)
unit(agent_engine        agent_engine)
unit(agent_edge          agent_edge)
unit(control_core        control_core)
unit(control_loop        control_loop)
unit(control_http        control_http)
unit(control_edge        control_edge)
target_sources(unit_control_edge PRIVATE tests/unit/control_http/raw_client.cpp)
one_by_one(unit_control_edge)
unit(cli                 cli)
unit(bench               bench_figures)

# The simulator: replay and language, every story, and half a minute of fresh lives. Its seeds come from
# the clock; a failure prints its own and the command that shows it again.
if(TARGET ecs-sim)
  file(GLOB scenarios CONFIGURE_DEPENDS tests/scenarios/*.scenario)
  add_test(NAME sim_replay COMMAND sim_test)
  add_test(NAME sim_scenarios COMMAND ecs-sim ${scenarios})
  add_test(NAME sim_fresh COMMAND ecs-sim --seconds 30 --jobs 2)
endif()

# Tests with kernel or files beside them: each folder of tests/ may bring its own.
foreach(folder tidy store netif engine conformance e2e kill)
  include(tests/${folder}/${folder}.cmake OPTIONAL)
endforeach()
