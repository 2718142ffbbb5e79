# What clients see on the wire. The walk holds our model against botocore's and, where the service is
# built, calls each operation once.
set(walk_arguments ${CMAKE_BINARY_DIR})
if(TARGET ecs-control)
  list(APPEND walk_arguments --control $<TARGET_FILE:ecs-control>)
endif()
add_test(NAME conformance_walk
  COMMAND ${PROJECT_SOURCE_DIR}/tests/conformance/walk ${walk_arguments})
add_test(NAME conformance_walk_members
  COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/conformance/walk_members_test.py
    ${CMAKE_BINARY_DIR})

if(TARGET ecs-control)
  foreach(part process damaged bad_input roles)
    add_test(NAME conformance_${part}
      COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/conformance/${part}_test.py
        $<TARGET_FILE:ecs-control>)
  endforeach()
  add_test(NAME conformance_events
    COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/conformance/events_test.py
      $<TARGET_FILE:ecs-control> $<TARGET_FILE:ecsctl>)
endif()

if(TARGET ecs-control AND TARGET ecsctl)
  foreach(part access access_grants agent_operations audit backup clients event_bridge every_operation
      errors plan terraform definition_members members task_members)
    add_test(NAME conformance_${part}
      COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/conformance/${part}_test.py
        $<TARGET_FILE:ecs-control> $<TARGET_FILE:ecsctl> ${CMAKE_BINARY_DIR})
  endforeach()
endif()
