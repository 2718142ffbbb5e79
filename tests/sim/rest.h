#pragma once

#include <optional>
#include <string>

#include "schemas/model/cluster.h"
#include "schemas/model/service.h"

namespace control {
class World;
}

namespace sim {

class Universe;
class Host;

/// What must be true once nothing goes wrong any more.
class Rest {
 public:
  explicit Rest(const Universe& universe) : universe_(universe) {}

  /// The first thing that is not as it should be, as a sentence.
  [[nodiscard]] std::optional<std::string> unrest() const;

 private:
  using Answer = std::optional<std::string>;

  [[nodiscard]] Answer services() const;
  [[nodiscard]] Answer service(const schemas::Service& service) const;
  [[nodiscard]] Answer task_sets(const schemas::Service& service) const;
  [[nodiscard]] Answer daemon(const schemas::Service& service) const;
  /// Whether the daemon's events say why the host, which has so many of its tasks, has no new one.
  [[nodiscard]] bool is_explained(const schemas::Service& service,
                                  const schemas::ContainerInstance& host, std::int64_t tasks) const;
  [[nodiscard]] Answer daemon_on(const schemas::Service& service,
                                 const schemas::ContainerInstance& host) const;
  [[nodiscard]] bool is_explained(const schemas::Service& service,
                                  const schemas::Deployment& newest) const;
  [[nodiscard]] Answer tasks() const;
  [[nodiscard]] Answer hosts() const;
  [[nodiscard]] Answer host(const Host& host) const;
  [[nodiscard]] Answer kernel(const Host& host) const;
  [[nodiscard]] Answer agent(const Host& host) const;
  [[nodiscard]] Answer look_ups() const;
  /// Whether it belongs elsewhere, because its host is drained.
  /// A service that is to be even over zones, and could be, is not.
  [[nodiscard]] Answer balance(const schemas::Service& service) const;
  [[nodiscard]] bool on_leaving_host(const schemas::Task& task) const;
  /// Whether any host could take one more task of the specification, counted anew.
  [[nodiscard]] bool has_room(const schemas::TaskSpecification& specification,
                              std::int64_t cluster) const;
  [[nodiscard]] bool has_room(const schemas::TaskSpecification& specification,
                              const schemas::ContainerInstance& instance) const;
  [[nodiscard]] const control::World& world() const;
  [[nodiscard]] bool lives(const schemas::TaskId& task) const;

  const Universe& universe_;
};

}  // namespace sim
