# ecs-bench: built with the release programs too, because its figures are about them.
add_library(bench_figures STATIC tests/bench/figures.cpp tests/bench/phases.cpp)
target_include_directories(bench_figures PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_figures PRIVATE house_rules)
if(NOT TARGET control_loop OR NOT TARGET ecs-control OR NOT TARGET ecs-agent)
  return()
endif()
add_executable(ecs-bench
  tests/bench/main.cpp tests/bench/report.cpp tests/bench/start_commands.cpp
  tests/bench/control_commands.cpp tests/bench/machine.cpp tests/bench/program.cpp tests/bench/docker.cpp tests/bench/client.cpp
  tests/bench/pool.cpp tests/bench/start.cpp tests/bench/burst.cpp tests/bench/control_process.cpp
  tests/bench/http_load.cpp tests/bench/api_load.cpp tests/bench/placement.cpp
  tests/bench/bare_control.cpp tests/bench/services.cpp tests/bench/service_commands.cpp
  tests/bench/decisions.cpp)
target_compile_definitions(ecs-bench PRIVATE SOURCE_ROOT="${PROJECT_SOURCE_DIR}")
target_link_libraries(ecs-bench PRIVATE bench_figures control_loop control_store schemas_codec
                      PkgConfig::curl house_rules)
one_by_one(ecs-bench)
