# The store against real files: crashes, full disks, damaged and newer files, old versions.
file(GLOB store_sources CONFIGURE_DEPENDS tests/store/*.cpp)
if(store_sources)
  add_executable(test_store ${store_sources})
  target_include_directories(test_store PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(test_store PRIVATE control_store test_main house_rules)
  one_by_one(test_store)
  add_test(NAME store COMMAND test_store)
endif()
