# Whole clusters with real clients: Debian's python3, because its boto3 belongs to it.
if(NOT TARGET ecs-control OR NOT TARGET ecs-agent)
  return()
endif()
foreach(story journey groups kept killed refused roles full_disk tour verbs leaves_nothing modes docker zero_drop)
  add_test(NAME e2e_${story} COMMAND /usr/bin/python3 -B tests/e2e/${story}_test.py -v
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(e2e_${story} PROPERTIES
    ENVIRONMENT "BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" TIMEOUT 600)
endforeach()
