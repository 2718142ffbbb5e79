#include "control/core/world/rows.h"

#include "schemas/base/require.h"

namespace control {

namespace {

using enum ColumnType;

constexpr std::array<Column, 2> metadata_columns{{{"name", text}, {"value", text}}};

constexpr std::array<Column, 7> cluster_columns{{{"account", text},
                                                 {"region", text},
                                                 {"name", text},
                                                 {"status", integer},
                                                 {"created_at", integer},
                                                 {"tags", text},
                                                 {"configuration", text}}};

constexpr std::array<Column, 5> capacity_provider_columns{
    {{"account", text}, {"region", text}, {"name", text}, {"created_at", integer}, {"body", text}}};

constexpr std::array<Column, 5> account_setting_columns{
    {{"account", text}, {"region", text}, {"principal", text}, {"name", text}, {"value", text}}};

constexpr std::array<Column, 8> task_definition_columns{{{"account", text},
                                                         {"region", text},
                                                         {"family", text},
                                                         {"revision", integer},
                                                         {"status", integer},
                                                         {"registered_at", integer},
                                                         {"deregistered_at", integer},
                                                         {"body", text}}};

constexpr std::array<Column, 7> service_columns{{{"cluster", integer},
                                                 {"name", text},
                                                 {"status", integer},
                                                 {"desired_count", integer},
                                                 {"created_at", integer},
                                                 {"deployments", text},
                                                 {"body", text}}};

constexpr std::array<Column, 4> service_event_columns{
    {{"service", integer}, {"id", text}, {"created_at", integer}, {"message", text}}};

constexpr std::array<Column, 13> instance_columns{{{"id", text},
                                                   {"account", text},
                                                   {"region", text},
                                                   {"cluster", integer},
                                                   {"status", integer},
                                                   {"identity_hash", text},
                                                   {"boot_id", text},
                                                   {"registered_at", integer},
                                                   {"version", integer},
                                                   {"connected", integer},
                                                   {"inventory", text},
                                                   {"tags", text},
                                                   {"attributes", text}}};

constexpr std::array<Column, 5> vpc_columns{
    {{"id", text}, {"account", text}, {"region", text}, {"cidr", text}, {"is_default", integer}}};

constexpr std::array<Column, 6> subnet_columns{{{"id", text},
                                                {"vpc", text},
                                                {"cidr", text},
                                                {"availability_zone", text},
                                                {"vni", integer},
                                                {"is_default", integer}}};

constexpr std::array<Column, 5> security_group_columns{
    {{"id", text}, {"vpc", text}, {"name", text}, {"description", text}, {"rules", text}}};

constexpr std::array<Column, 13> eni_columns{{{"id", text},
                                              {"attachment", text},
                                              {"vpc", text},
                                              {"subnet", text},
                                              {"task", text},
                                              {"instance", text},
                                              {"mac", text},
                                              {"address", integer},
                                              {"public_address", integer},
                                              {"security_groups", text},
                                              {"private_dns_name", text},
                                              {"created_at", integer},
                                              {"released_at", integer}}};

constexpr std::array<Column, 9> task_columns{{{"id", text},
                                              {"cluster", integer},
                                              {"service", integer},
                                              {"deployment", integer},
                                              {"definition", integer},
                                              {"created_at", integer},
                                              {"containers", text},
                                              {"specification", text},
                                              {"capacity_provider", text}}};

constexpr std::array<Column, 19> task_state_columns{{{"instance", integer},
                                                     {"eni", text},
                                                     {"last_status", integer},
                                                     {"desired_status", integer},
                                                     {"health", integer},
                                                     {"stop_code", integer},
                                                     {"version", integer},
                                                     {"placed_at", integer},
                                                     {"pull_started_at", integer},
                                                     {"pull_stopped_at", integer},
                                                     {"connectivity_at", integer},
                                                     {"started_at", integer},
                                                     {"stopping_at", integer},
                                                     {"execution_stopped_at", integer},
                                                     {"stopped_at", integer},
                                                     {"availability_zone", text},
                                                     {"stopped_reason", text},
                                                     {"containers", text},
                                                     {"protected_until", integer}}};

constexpr std::array<Column, 19> usage_columns{{{"task", text},
                                                {"account", text},
                                                {"region", text},
                                                {"cluster", text},
                                                {"service", text},
                                                {"family", text},
                                                {"revision", integer},
                                                {"cpu", integer},
                                                {"memory", integer},
                                                {"last_sequence", integer},
                                                {"metered_ns", integer},
                                                {"monotonic_covered_ns", integer},
                                                {"missing_readings", integer},
                                                {"first_reading_at", integer},
                                                {"last_reading_at", integer},
                                                {"cpu_time_ns", integer},
                                                {"memory_byte_seconds", integer},
                                                {"memory_peak_bytes", integer},
                                                {"closed", integer}}};

constexpr std::array<Column, 6> token_columns{{{"account", text},
                                               {"region", text},
                                               {"token", text},
                                               {"request_hash", text},
                                               {"tasks", text},
                                               {"created_at", integer}}};

constexpr std::array<Column, 3> user_columns{
    {{"account", text}, {"name", text}, {"created_at", integer}}};

constexpr std::array<Column, 5> access_key_columns{{{"id", text},
                                                    {"user", integer},
                                                    {"sealed_secret", text},
                                                    {"status", integer},
                                                    {"created_at", integer}}};

constexpr std::array<Column, 4> role_columns{
    {{"account", text}, {"name", text}, {"created_at", integer}, {"body", text}}};

constexpr std::array<Column, 8> join_token_columns{{{"hash", text},
                                                    {"account", text},
                                                    {"region", text},
                                                    {"cluster", text},
                                                    {"pool", integer},
                                                    {"created_by", text},
                                                    {"created_at", integer},
                                                    {"expires_at", integer}}};

constexpr std::array<Column, 6> session_columns{{{"hash", text},
                                                 {"account", text},
                                                 {"region", text},
                                                 {"principal", text},
                                                 {"created_at", integer},
                                                 {"expires_at", integer}}};

constexpr std::array<Column, 5> service_revision_columns{{{"service", integer},
                                                          {"deployment", integer},
                                                          {"definition", integer},
                                                          {"created_at", integer},
                                                          {"specification", text}}};

constexpr std::array<Column, 2> service_deployment_columns{{{"status", integer}, {"body", text}}};

constexpr std::array<Column, 6> event_columns{{{"at", integer},
                                               {"account", text},
                                               {"region", text},
                                               {"kind", text},
                                               {"subject", text},
                                               {"detail", text}}};

constexpr std::array<Column, 10> meter_columns{{{"task", integer},
                                                {"sequence", integer},
                                                {"monotonic_start_ns", integer},
                                                {"monotonic_end_ns", integer},
                                                {"wall_start", integer},
                                                {"wall_end", integer},
                                                {"cpu_time_ns", integer},
                                                {"memory_byte_seconds", integer},
                                                {"memory_peak_bytes", integer},
                                                {"last", integer}}};

constexpr std::array<Column, 11> audit_columns{{{"at", integer},
                                                {"account", text},
                                                {"region", text},
                                                {"principal", text},
                                                {"source", text},
                                                {"request_id", text},
                                                {"operation", text},
                                                {"error", text},
                                                {"message", text},
                                                {"resources", text},
                                                {"parameters", text}}};

constexpr std::array<TableShape, table_count> shapes{
    {{Table::metadata, "metadata", metadata_columns, Loading::rows},
     {Table::cluster, "cluster", cluster_columns, Loading::rows},
     {Table::capacity_provider, "capacity_provider", capacity_provider_columns, Loading::rows},
     {Table::account_setting, "account_setting", account_setting_columns, Loading::rows},
     {Table::task_definition, "task_definition", task_definition_columns, Loading::rows},
     {Table::service, "service", service_columns, Loading::rows},
     {Table::service_event, "service_event", service_event_columns, Loading::rows},
     {Table::instance, "instance", instance_columns, Loading::rows},
     {Table::vpc, "vpc", vpc_columns, Loading::rows},
     {Table::subnet, "subnet", subnet_columns, Loading::rows},
     {Table::security_group, "security_group", security_group_columns, Loading::rows},
     {Table::eni, "eni", eni_columns, Loading::rows},
     {Table::task, "task", task_columns, Loading::rows},
     {Table::task_state, "task_state", task_state_columns, Loading::rows},
     {Table::usage, "usage", usage_columns, Loading::rows},
     {Table::token, "token", token_columns, Loading::rows},
     {Table::user, "user", user_columns, Loading::rows},
     {Table::access_key, "access_key", access_key_columns, Loading::rows},
     {Table::role, "role", role_columns, Loading::rows},
     {Table::join_token, "join_token", join_token_columns, Loading::rows},
     {Table::session, "session", session_columns, Loading::rows},
     {Table::service_revision, "service_revision", service_revision_columns, Loading::rows},
     {Table::service_deployment, "service_deployment", service_deployment_columns, Loading::rows},
     {Table::event, "event", event_columns, Loading::last_key},
     {Table::meter, "meter", meter_columns, Loading::last_key},
     {Table::audit, "audit", audit_columns, Loading::last_key}}};

}  // namespace

std::span<const TableShape> table_shapes() { return shapes; }

const TableShape& shape_of(Table table) {
  const auto index = static_cast<std::size_t>(table);
  schemas::require(index < shapes.size() && shapes[index].table == table,
                   "the table shapes are not in the order of their enumeration");
  return shapes[index];
}

}  // namespace control
