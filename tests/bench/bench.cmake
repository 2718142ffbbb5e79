# ecs-bench: built with the release programs, because its figures are about them.
if(NOT TARGET schemas_codec OR NOT TARGET ecs-control OR NOT TARGET ecs-agent)
  return()
endif()
add_executable(ecs-bench tests/bench/main.cpp tests/bench/start.cpp tests/bench/figures.cpp
               tests/bench/client.cpp tests/bench/machine.cpp)
target_compile_definitions(ecs-bench PRIVATE SOURCE_ROOT="${PROJECT_SOURCE_DIR}")
target_link_libraries(ecs-bench PRIVATE schemas_codec PkgConfig::curl house_rules)
