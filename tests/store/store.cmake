# The store against real files: crashes, full disks, damaged and newer files, old versions, backups;
# the loop above it on a disk that fails.
file(GLOB store_sources CONFIGURE_DEPENDS tests/store/*.cpp)
if(store_sources)
  add_executable(test_store ${store_sources} tests/unit/control_loop/stage.cpp)
  target_include_directories(test_store PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(test_store PRIVATE control_edge test_main house_rules)
  one_by_one(test_store)
  # The disks that fail take longest, so they are tests of their own beside the others.
  add_test(NAME store COMMAND test_store -nss -sfe=*faults_test*,*backup_test*)
  add_test(NAME store_faults COMMAND test_store -nss -sf=*/faults_test*)
  add_test(NAME store_loop_faults COMMAND test_store -nss -sf=*loop_faults_test*)
  add_test(NAME store_backup COMMAND test_store -nss -sf=*backup_test*)
endif()
