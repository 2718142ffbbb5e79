# The rules of the house over the tree as it stands.
add_executable(tidy_test tests/tidy/tidy_test.cpp tests/tidy/rules.cpp tests/tidy/tables.cpp)
target_include_directories(tidy_test PRIVATE ${PROJECT_SOURCE_DIR})
target_compile_definitions(tidy_test PRIVATE SOURCE_ROOT="${PROJECT_SOURCE_DIR}")
target_link_libraries(tidy_test PRIVATE test_main house_rules)
add_test(NAME tidy COMMAND tidy_test)
