# Real namespaces, links and firewalls, all in namespaces of the test's own. Needs root.
file(GLOB netif_sources CONFIGURE_DEPENDS tests/netif/*.cpp)
if(netif_sources AND TARGET netif_edge)
  add_executable(test_netif ${netif_sources})
  target_include_directories(test_netif PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(test_netif PRIVATE netif_edge doctest::doctest Threads::Threads house_rules)
  add_test(NAME netif COMMAND test_netif)
  set_tests_properties(netif PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
endif()
