#include "agent/edge/checkpoint/format.h"

#include <array>
#include <memory>
#include <utility>

#include "schemas/wire/table.h"

namespace agent {

/// A TaskRecord without its assignment, as it is written.
struct SavedProgress {
  std::optional<schemas::EniAssignment> eni;
  std::vector<SavedContainer> containers;
  schemas::TaskStatus status = schemas::TaskStatus::pending;
  schemas::StopCode stop_code = schemas::StopCode::none;
  std::string stopped_reason;
  std::optional<schemas::Instant> pull_started_at;
  std::optional<schemas::Instant> pull_stopped_at;
  std::optional<schemas::Instant> started_at;
  std::optional<schemas::Instant> execution_stopped_at;
  std::optional<schemas::Instant> stopped_at;
  MeterRecordState meter;
  bool eni_attached = false;
  bool stopping = false;
  bool gone = false;
  bool cleaned = false;
  bool logs_dropped = false;
  std::int64_t log_bytes = 0;
};

}  // namespace agent

namespace codec {

namespace {

using std::string_view_literals::operator""sv;
using agent::MeterRecordState;
using agent::SavedContainer;
using agent::SavedProgress;

constexpr std::array progress_names{"waiting"sv, "pulling"sv,  "pulled"sv,  "creating"sv,
                                    "created"sv, "starting"sv, "running"sv, "stopped"sv};
constexpr std::array meter_phase_names{"off"sv, "open"sv, "closed"sv};

constexpr std::array moment_members{
    STOWAGE_MEMBER(agent::Moment, wall),
    STOWAGE_MEMBER(agent::Moment, boot_ns),
};

}  // namespace

template <>
const Type Described<agent::ContainerProgress>::type = wire::choice("ContainerProgress",
                                                                    progress_names);
template <>
const Type Described<MeterRecordState::Phase>::type = wire::choice("MeterPhase", meter_phase_names);
template <>
const Type Described<agent::Moment>::type = wire::structure<agent::Moment>("Moment",
                                                                           moment_members);

namespace {

constexpr std::array container_members{
    STOWAGE_MEMBER(SavedContainer, progress),
    STOWAGE_MEMBER(SavedContainer, exit_code),
    STOWAGE_MEMBER(SavedContainer, reason),
    STOWAGE_MEMBER(SavedContainer, runtime_id),
    STOWAGE_MEMBER(SavedContainer, image_digest),
    STOWAGE_MEMBER(SavedContainer, stop_signal),
    STOWAGE_MEMBER(SavedContainer, started_boot_ns),
    STOWAGE_MEMBER(SavedContainer, started_at),
    STOWAGE_MEMBER(SavedContainer, finished_at),
    STOWAGE_MEMBER(SavedContainer, network_bindings),
    STOWAGE_MEMBER(SavedContainer, restarts),
    STOWAGE_MEMBER(SavedContainer, last_end),
    STOWAGE_MEMBER(SavedContainer, health),
    STOWAGE_MEMBER(SavedContainer, health_since),
    STOWAGE_MEMBER(SavedContainer, health_exit_code),
    STOWAGE_MEMBER(SavedContainer, health_output),
};

constexpr std::array meter_members{
    STOWAGE_MEMBER(MeterRecordState, phase),
    STOWAGE_MEMBER(MeterRecordState, next_sequence),
    STOWAGE_MEMBER(MeterRecordState, start),
    STOWAGE_MEMBER(MeterRecordState, cpu_ns_at_start),
    STOWAGE_MEMBER(MeterRecordState, memory_bytes_at_start),
    STOWAGE_MEMBER(MeterRecordState, memory_peak_at_start),
};

}  // namespace

template <>
const Type Described<SavedContainer>::type = wire::structure<SavedContainer>("SavedContainer",
                                                                             container_members);
template <>
const Type Described<MeterRecordState>::type = wire::structure<MeterRecordState>("MeterRecordState",
                                                                                 meter_members);

namespace {

constexpr std::array saved_members{
    STOWAGE_MEMBER(SavedProgress, eni),
    STOWAGE_MEMBER(SavedProgress, containers),
    STOWAGE_MEMBER(SavedProgress, status),
    STOWAGE_MEMBER(SavedProgress, stop_code),
    STOWAGE_MEMBER(SavedProgress, stopped_reason),
    STOWAGE_MEMBER(SavedProgress, pull_started_at),
    STOWAGE_MEMBER(SavedProgress, pull_stopped_at),
    STOWAGE_MEMBER(SavedProgress, started_at),
    STOWAGE_MEMBER(SavedProgress, execution_stopped_at),
    STOWAGE_MEMBER(SavedProgress, stopped_at),
    STOWAGE_MEMBER(SavedProgress, meter),
    STOWAGE_MEMBER(SavedProgress, eni_attached),
    STOWAGE_MEMBER(SavedProgress, stopping),
    STOWAGE_MEMBER(SavedProgress, gone),
    STOWAGE_MEMBER(SavedProgress, cleaned),
    STOWAGE_MEMBER(SavedProgress, logs_dropped),
    STOWAGE_MEMBER(SavedProgress, log_bytes),
};

}  // namespace

template <>
const Type Described<SavedProgress>::type = wire::structure<SavedProgress>("SavedProgress",
                                                                           saved_members);

}  // namespace codec

namespace agent {

std::string encode_progress(const TaskRecord& record) {
  const SavedProgress saved{record.eni,
                            record.containers,
                            record.status,
                            record.stop_code,
                            record.stopped_reason,
                            record.pull_started_at,
                            record.pull_stopped_at,
                            record.started_at,
                            record.execution_stopped_at,
                            record.stopped_at,
                            record.meter,
                            record.eni_attached,
                            record.stopping,
                            record.gone,
                            record.cleaned,
                            record.logs_dropped,
                            record.log_bytes};
  return wire::encode(saved);
}

schemas::Result<TaskRecord> decode_record(std::string_view assignment, std::string_view progress) {
  schemas::Result<schemas::TaskAssignment> what = wire::decode<schemas::TaskAssignment>(assignment);
  if (!what.ok()) {
    return what.error();
  }
  schemas::Result<SavedProgress> decoded = wire::decode<SavedProgress>(progress);
  if (!decoded.ok()) {
    return decoded.error();
  }
  SavedProgress& saved = decoded.value();
  if (saved.containers.size() != what.value().containers.size()) {
    return schemas::Error{schemas::ErrorCode::serialization,
                          "the task's progress has " + std::to_string(saved.containers.size()) +
                              " containers, its assignment " +
                              std::to_string(what.value().containers.size())};
  }
  TaskRecord record;
  record.assignment = std::make_shared<const schemas::TaskAssignment>(std::move(what).value());
  record.eni = saved.eni;
  record.containers = std::move(saved.containers);
  record.status = saved.status;
  record.stop_code = saved.stop_code;
  record.stopped_reason = std::move(saved.stopped_reason);
  record.pull_started_at = saved.pull_started_at;
  record.pull_stopped_at = saved.pull_stopped_at;
  record.started_at = saved.started_at;
  record.execution_stopped_at = saved.execution_stopped_at;
  record.stopped_at = saved.stopped_at;
  record.meter = saved.meter;
  record.eni_attached = saved.eni_attached;
  record.stopping = saved.stopping;
  record.gone = saved.gone;
  record.cleaned = saved.cleaned;
  record.logs_dropped = saved.logs_dropped;
  record.log_bytes = saved.log_bytes;
  return record;
}

}  // namespace agent
