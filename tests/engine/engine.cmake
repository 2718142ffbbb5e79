# The engine's conformance: real images from a registry of the test's own, real containers. Needs
# root. One binary, run once for each runtime and once on Docker.
file(GLOB engine_sources CONFIGURE_DEPENDS tests/engine/*.cpp)
add_executable(engine_conformance ${engine_sources})
target_include_directories(engine_conformance PRIVATE ${PROJECT_SOURCE_DIR})
set_property(SOURCE tests/engine/host.cpp APPEND PROPERTY COMPILE_DEFINITIONS
  IMAGE_ROOT="${CMAKE_BINARY_DIR}/images")
target_link_libraries(engine_conformance PRIVATE agent_engine test_main house_rules)
add_dependencies(engine_conformance ecs-enter ecs-init ecs-pause)
add_test(NAME engine_images COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/images/build_test.py -v)
add_test(NAME engine_crun COMMAND engine_conformance)
add_test(NAME engine_runc COMMAND engine_conformance)
set_tests_properties(engine_runc PROPERTIES ENVIRONMENT STOWAGE_RUNTIME=runc)
# On a Docker of the test's own; docker.io is in the set `docker` of tests/packages.
add_test(NAME docker_engine COMMAND engine_conformance)
set_tests_properties(docker_engine PROPERTIES ENVIRONMENT STOWAGE_ENGINE=docker)
set_tests_properties(engine_crun engine_runc docker_engine PROPERTIES
  RESOURCE_LOCK engine TIMEOUT 600)
