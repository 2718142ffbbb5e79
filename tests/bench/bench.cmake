# ecs-bench: built with the release programs too, because its figures are about them.
add_library(bench_figures STATIC tests/bench/figures.cpp tests/bench/phases.cpp)
target_include_directories(bench_figures PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_figures PRIVATE house_rules)
if(NOT TARGET schemas_codec OR NOT TARGET ecs-control OR NOT TARGET ecs-agent)
  return()
endif()
add_executable(ecs-bench tests/bench/main.cpp tests/bench/start.cpp tests/bench/client.cpp
               tests/bench/machine.cpp)
target_compile_definitions(ecs-bench PRIVATE SOURCE_ROOT="${PROJECT_SOURCE_DIR}")
target_link_libraries(ecs-bench PRIVATE bench_figures schemas_codec PkgConfig::curl house_rules)
