#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace generator {

/// "clusterName" → "cluster_name", "enableECSManagedTags" → "enable_ecs_managed_tags",
/// "X86_64" → "x86_64", "json-file" → "json_file"; words of C++ get a trailing underscore.
std::string snake_case(std::string_view name);

/// As a JSON string, which is a C++ string literal too.
std::string json_quoted(std::string_view text);

/// "{cluster}" and "{service}" of "/v1/clusters/{cluster}/services/{service}", without braces.
std::vector<std::string> path_parameters(std::string_view path);

/// Replaces the file only if its content changes, so that nothing is compiled in vain. Says
/// whether the file now holds `content`.
enum class Written : unsigned char { yes, no };
Written write_file(const std::string& path, std::string_view content);

}  // namespace generator
