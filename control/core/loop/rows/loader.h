#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/core/loop/loop.h"
#include "control/core/loop/rows/reader.h"
#include "control/core/world/change.h"
#include "control/core/world/parts.h"

namespace control {

/// Rebuilds World by making the same changes that made it, table by table in the order in which
/// they refer to each other.
class Loader {
 public:
  Loader(const Snapshot& snapshot, const Settings& settings, schemas::Instant now)
      : snapshot_(snapshot), settings_(settings), now_(now) {}

  schemas::Result<World> load();

 private:
  void metadata(RowReader& row);
  void cluster(RowReader& row);
  void capacity_provider(RowReader& row);
  void account_setting(RowReader& row);
  void definition(RowReader& row);
  void service(RowReader& row);
  void service_event(RowReader& row);
  void instance(RowReader& row);
  void vpc(RowReader& row);
  void subnet(RowReader& row);
  void security_group(RowReader& row);
  void eni(RowReader& row);
  void task(RowReader& row);
  void usage(RowReader& row);
  void token(RowReader& row);
  void user(RowReader& row);
  void access_key(RowReader& row);
  void role(RowReader& row);
  void join_token(RowReader& row);
  void session(RowReader& row);
  void service_deployment(RowReader& row);
  void give_records();
  void pin_images_of_tasks();
  void note_what_is_new();

  void read(Table table, void (Loader::*reader)(RowReader&));
  void read_state(const Row& row, schemas::Task& task);
  schemas::TaskSpecificationRef specification(RowReader& row, std::int64_t definition,
                                              schemas::TaskSpecification specification,
                                              const std::string& text);
  [[nodiscard]] const std::vector<Row>& rows(Table table) const {
    return snapshot_.rows[static_cast<std::size_t>(table)];
  }
  WorldParts& parts() { return WorldAccess::parts(world_); }

  const Snapshot& snapshot_;
  const Settings& settings_;
  schemas::Instant now_;
  World world_;
  std::int64_t keys_above_ = 0;  ///< see `metadata_keys`
  std::optional<schemas::Error> error_;
  std::map<std::int64_t, const Row*> states_;
  std::map<std::int64_t, const Row*> deployments_;  ///< how service deployments went
  std::set<std::int64_t> recorded_;                 ///< services that were given records now
  std::vector<std::int64_t> pinned_;                ///< records that learnt digests now
  std::vector<std::pair<std::int64_t, schemas::SecurityGroupId>> ruled_;  ///< given rules now
  std::map<std::int64_t, schemas::InstanceId> instances_;
  std::map<std::pair<std::int64_t, std::string>, schemas::TaskSpecificationRef> specifications_;
  std::vector<std::pair<schemas::Instant, schemas::Eni>> released_;
  std::vector<schemas::Eni> held_;
};

}  // namespace control
