#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "netif/core/policy.h"
#include "schemas/model/agent_channel.h"

namespace netif {

// Security groups in a router's table. All that an interface sends or receives is routed there, so
// the router sees both directions of each connection. A connection is judged once, as it began:
// out of its source's groups, into its destination's. What passes is marked with the epoch, and
// whatever carries the mark of the present epoch passes without more ado, answers and errors about
// it included. When something is taken away (a rule, an interface) a new epoch begins, and each
// connection is judged again with its next packet: what may no longer be is cut at once.
//
// An interface's address leads to a number for its set of groups, the number to a chain that tries
// those groups: so interfaces cost elements of sets, and rules are written once a group.

/// Writes commands for the packet filter, and remembers what they have made. When the filter
/// refuses them, go back to a copy from before.
class GroupRules {
 public:
  /// `epoch` must differ from those of earlier processes, whose marks are still on connections.
  explicit GroupRules(std::uint32_t epoch) : epoch_(epoch) {}

  /// The chains that others lead to and the maps, for a table that has neither.
  std::vector<std::string> frame();
  /// All of a policy, for a table that has the frame and `subnets` only.
  std::vector<std::string> fill(const Policy& policy);

  std::vector<std::string> admit(const schemas::EniAssignment& eni);
  std::vector<std::string> dismiss(const schemas::EniAssignment& eni);
  std::vector<std::string> learn(const std::vector<schemas::Neighbour>& neighbours);
  std::vector<std::string> forget(const std::vector<schemas::Neighbour>& neighbours);
  /// `known`: the interfaces that the kernel knows of, here and elsewhere.
  std::vector<std::string> set(const std::vector<schemas::SecurityGroupAssignment>& groups,
                               const HostNetwork& known);
  std::vector<std::string> remove(const std::vector<schemas::SecurityGroupId>& groups);

 private:
  using Commands = std::vector<std::string>;
  using Members = std::map<schemas::SecurityGroupId, std::set<schemas::Ipv4>>;

  /// The number of a set of groups; what leads from it to the groups is made when it is new.
  std::uint32_t number_of(const GroupSet& groups, Commands& commands);
  void write_group(const schemas::SecurityGroupId& id,
                   const std::vector<schemas::SecurityRule>& rules, Commands& commands);
  void name(const schemas::SecurityGroupId& group, Commands& commands);
  void drop_unnamed(Commands& commands);
  /// Of `groups`, those whose members matter.
  void add_member(Members& members, schemas::Ipv4 address,
                  const std::vector<schemas::SecurityGroupId>& groups) const;
  void begin_epoch(Commands& commands);

  std::uint32_t epoch_;
  std::uint32_t numbers_ = 0;
  std::map<GroupSet, std::uint32_t> number_of_;
  std::map<schemas::SecurityGroupId, GroupSet> groups_;  ///< written, and whom their rules name
  std::set<schemas::SecurityGroupId> named_;             ///< those that have a set of members
};

/// The chain that a router's packets are sent to when it is clear that they may pass at all.
inline constexpr std::string_view judging_chain = "judging";

}  // namespace netif
