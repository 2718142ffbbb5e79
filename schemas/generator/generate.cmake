# schemas_generator turns schemas/api/*.yaml into C++ below ${CMAKE_BINARY_DIR}/generated and into
# botocore's models below ${CMAKE_BINARY_DIR}/models. Targets for others:
#   schemas_api    the generated structures and tables (#include "api/tasks.h")
#   schemas_codec  the engine, its fronts and the tables of the model; links schemas_api
add_executable(schemas_generator
  schemas/generator/botocore.cpp schemas/generator/check.cpp schemas/generator/cpp_header.cpp
  schemas/generator/cpp_operations.cpp schemas/generator/cpp_tables.cpp schemas/generator/json.cpp
  schemas/generator/main.cpp schemas/generator/model.cpp schemas/generator/openapi.cpp schemas/generator/openapi_streams.cpp
  schemas/generator/text.cpp schemas/codec/json_text.cpp)
target_link_libraries(schemas_generator PRIVATE schemas PkgConfig::yaml house_rules)

file(GLOB api_files CONFIGURE_DEPENDS schemas/api/*.yaml)
set(generated ${CMAKE_BINARY_DIR}/generated)
set(models ${CMAKE_BINARY_DIR}/models/ecs/2014-11-13)
set(generated_files ${generated}/operations.cpp ${generated}/tables.cpp ${generated}/openapi.json
  ${generated}/api/operations.h
  ${models}/service-2.json ${models}/paginators-1.json ${models}/waiters-2.json)
foreach(file ${api_files})
  get_filename_component(family ${file} NAME_WE)
  if(NOT family STREQUAL "later")
    list(APPEND generated_files ${generated}/api/${family}.h)
  endif()
endforeach()
add_custom_command(OUTPUT ${generated_files}
  COMMAND schemas_generator ${CMAKE_BINARY_DIR} ${api_files}
  DEPENDS schemas_generator ${api_files}
  COMMENT "Generating the API from schemas/api" VERBATIM)
add_custom_target(schemas_generated DEPENDS ${generated_files})

add_library(schemas_api STATIC ${generated}/operations.cpp ${generated}/tables.cpp)
add_dependencies(schemas_api schemas_generated)
target_include_directories(schemas_api PUBLIC ${generated})
target_link_libraries(schemas_api PUBLIC schemas)
# Tables and ways in, which do nothing at run time that is worth a longer build. Sanitized they
# would take five times as long (22 s instead of 5), and the engine that uses them is sanitized.
target_compile_options(schemas_api PRIVATE -O1 -g1 -fno-sanitize=all)

room(schemas_codec "schemas/codec;schemas/wire" schemas schemas_api)
target_link_libraries(schemas_codec PRIVATE PkgConfig::simdjson PkgConfig::yaml)
