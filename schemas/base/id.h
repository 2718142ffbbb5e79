#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/base/random.h"

namespace schemas {

using IdBytes = std::array<std::uint8_t, 16>;

/// How an id is written at the edges (wire, store, logs).
enum class IdText : std::uint8_t {
  hex32,       ///< 32 lower-case hex digits: tasks, container instances, containers
  uuid,        ///< 8-4-4-4-12: attachments, events
  prefixed17,  ///< a prefix and 17 hex digits: eni-, subnet-, vpc-, sg-
};

std::string id_text(const IdBytes& bytes, IdText form, std::string_view prefix);
std::optional<IdBytes> id_bytes(std::string_view text, IdText form, std::string_view prefix);
/// Draws a fresh id; for `prefixed17` only 68 bits are set, so that text and bytes round-trip.
IdBytes draw_id_bytes(Random& random, IdText form);

/// A 16-byte name that cannot be mistaken for another kind of name: a TaskId handed to a function
/// that wants an InstanceId is a compile error, not a look-up that quietly finds nothing.
/// `Kind` gives `static constexpr IdText form` and `static constexpr std::string_view prefix`.
template <class Kind>
class Id {
 public:
  Id() = default;
  explicit Id(const IdBytes& bytes) : bytes_(bytes) {}

  static Id draw(Random& random) { return Id(draw_id_bytes(random, Kind::form)); }
  static std::optional<Id> parse(std::string_view text) {
    const std::optional<IdBytes> bytes = id_bytes(text, Kind::form, Kind::prefix);
    return bytes ? std::optional<Id>(Id(*bytes)) : std::nullopt;
  }

  [[nodiscard]] std::string text() const { return id_text(bytes_, Kind::form, Kind::prefix); }
  [[nodiscard]] const IdBytes& bytes() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_ == IdBytes{}; }
  auto operator<=>(const Id&) const = default;

 private:
  IdBytes bytes_{};
};

struct TaskKind {
  static constexpr IdText form = IdText::hex32;
  static constexpr std::string_view prefix{};
};
struct InstanceKind {
  static constexpr IdText form = IdText::hex32;
  static constexpr std::string_view prefix{};
};
struct ContainerKind {
  static constexpr IdText form = IdText::uuid;
  static constexpr std::string_view prefix{};
};
struct AttachmentKind {
  static constexpr IdText form = IdText::uuid;
  static constexpr std::string_view prefix{};
};
struct EventKind {
  static constexpr IdText form = IdText::uuid;
  static constexpr std::string_view prefix{};
};
struct AskKind {
  static constexpr IdText form = IdText::hex32;
  static constexpr std::string_view prefix{};
};
struct EniKind {
  static constexpr IdText form = IdText::prefixed17;
  static constexpr std::string_view prefix = "eni-";
};
struct SubnetKind {
  static constexpr IdText form = IdText::prefixed17;
  static constexpr std::string_view prefix = "subnet-";
};
struct VpcKind {
  static constexpr IdText form = IdText::prefixed17;
  static constexpr std::string_view prefix = "vpc-";
};
struct SecurityGroupKind {
  static constexpr IdText form = IdText::prefixed17;
  static constexpr std::string_view prefix = "sg-";
};

struct SecurityRuleKind {
  static constexpr IdText form = IdText::prefixed17;
  static constexpr std::string_view prefix = "sgr-";
};
struct CredentialsKind {
  static constexpr IdText form = IdText::uuid;
  static constexpr std::string_view prefix{};
};

using TaskId = Id<TaskKind>;
using InstanceId = Id<InstanceKind>;
using ContainerId = Id<ContainerKind>;
using AttachmentId = Id<AttachmentKind>;
using EventId = Id<EventKind>;
using AskId = Id<AskKind>;
using EniId = Id<EniKind>;
using SubnetId = Id<SubnetKind>;
using VpcId = Id<VpcKind>;
using SecurityGroupId = Id<SecurityGroupKind>;
using SecurityRuleId = Id<SecurityRuleKind>;
using CredentialsId = Id<CredentialsKind>;

/// The 19 digits of `ecs-svc/<digits>`. One number names a deployment, its service deployment and
/// its service revision, as clients expect (Terraform looks for the same digits in all three).
struct DeploymentId {
  std::int64_t number = 0;
  static DeploymentId draw(Random& random);
  static std::optional<DeploymentId> parse(std::string_view text);  ///< "ecs-svc/<19 digits>"
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool empty() const { return number == 0; }
  auto operator<=>(const DeploymentId&) const = default;
};

}  // namespace schemas
