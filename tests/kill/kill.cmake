# Whatever is killed, whenever: few times here, many by command (README.md).
if(NOT TARGET ecs-control OR NOT TARGET ecs-agent)
  return()
endif()
function(kill_test name)
  add_test(NAME kill_${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(kill_${name} PROPERTIES
    ENVIRONMENT "BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" TIMEOUT 600)
endfunction()
kill_test(control tests/kill/control --times 10)
kill_test(agent tests/kill/agent --times 50)
kill_test(host /usr/bin/python3 -B tests/kill/host_test.py -v)
kill_test(interrupted /usr/bin/python3 -B tests/kill/interrupted_test.py -v)
