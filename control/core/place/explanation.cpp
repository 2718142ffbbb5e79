#include "control/core/place/explanation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "control/core/place/filters.h"

namespace control {
namespace {

/// What would mend the verdict. Nothing when nothing would: the host is too small, even if empty
/// but for the daemons that belong there.
std::optional<Step> step_for(const Verdict& verdict) {
  const bool measured = verdict.question == RefusalReason::cpu ||
                        verdict.question == RefusalReason::memory ||
                        verdict.question == RefusalReason::eni;
  const bool too_small = measured && verdict.most - verdict.kept < verdict.wanted;
  const bool kept_port = verdict.question == RefusalReason::ports && verdict.kept > 0;
  if (too_small || kept_port) {
    return std::nullopt;
  }
  return Step{.question = verdict.question,
              .which = verdict.which,
              .amount = measured ? verdict.wanted - verdict.found : 0};
}

/// All steps that a host needs. Nothing when it cannot be helped.
std::optional<std::vector<Step>> steps_for(const HostExplanation& host) {
  std::vector<Step> steps;
  for (const Verdict& verdict : host.verdicts) {
    if (verdict.passed) {
      continue;
    }
    const std::optional<Step> step = step_for(verdict);
    if (!step) {
      return std::nullopt;
    }
    steps.push_back(*step);
  }
  return steps;
}

bool all_of_request(const std::vector<Step>& steps) {
  return std::all_of(steps.begin(), steps.end(),
                     [](const Step& step) { return is_of_request(step.question); });
}

std::int64_t freed(const Remedy& remedy) {
  std::int64_t amount = 0;
  for (const Step& step : remedy.steps) {
    amount += step.amount;
  }
  return amount;
}

/// Those with the fewest steps; the same change of the request is one remedy, however many hosts it
/// helps.
std::vector<Remedy> remedies_of(const std::vector<HostExplanation>& hosts) {
  std::size_t fewest = 0;
  std::map<std::vector<Step>, std::int64_t> of_request;
  std::vector<Remedy> of_hosts;
  for (const HostExplanation& host : hosts) {  // the fewest failed verdicts first
    std::optional<std::vector<Step>> steps = steps_for(host);
    if (!steps) {
      continue;
    }
    if (fewest != 0 && steps->size() > fewest) {
      break;
    }
    fewest = steps->size();
    if (all_of_request(*steps)) {
      of_request[*std::move(steps)] += 1;
    } else {
      of_hosts.push_back({.steps = *std::move(steps), .instance = host.instance, .hosts = 1});
    }
  }
  std::vector<Remedy> remedies = std::move(of_hosts);
  for (auto& [steps, count] : of_request) {
    remedies.push_back({.steps = steps, .instance = {}, .hosts = count});
  }
  std::sort(remedies.begin(), remedies.end(), [](const Remedy& left, const Remedy& right) {
    return std::tuple(-left.hosts, !left.instance.empty(), freed(left), left.instance, left.steps) <
           std::tuple(-right.hosts, !right.instance.empty(), freed(right), right.instance,
                      right.steps);
  });
  remedies.resize(std::min(remedies.size(), remedies_max));
  return remedies;
}

}  // namespace

bool is_of_request(RefusalReason question) {
  return question == RefusalReason::zone || question == RefusalReason::attribute ||
         question == RefusalReason::distinct_instance || question == RefusalReason::member_of;
}

Explanation explain(const TaskRequest& request, const Fleet& fleet) {
  Explanation made;
  made.hosts.reserve(static_cast<std::size_t>(fleet.size()));
  for (const auto& [zone, lane] : fleet.lanes()) {
    const Question question(request, zone, lane);
    for (std::size_t index = 0; index < lane.hosts().size(); ++index) {
      HostExplanation host{
          .instance = lane.hosts()[index].id, .zone = zone, .verdicts = question.verdicts(index)};
      host.keeps_for = request.daemon ? "" : lane.hosts()[index].keeps_for();
      host.failed = std::count_if(host.verdicts.begin(), host.verdicts.end(),
                                  [](const Verdict& verdict) { return !verdict.passed; });
      made.fitting += host.failed == 0 ? 1 : 0;
      made.hosts.push_back(std::move(host));
    }
  }
  std::sort(made.hosts.begin(), made.hosts.end(),
            [](const HostExplanation& left, const HostExplanation& right) {
              return std::tie(left.failed, left.instance) < std::tie(right.failed, right.instance);
            });
  if (made.fitting == 0) {
    made.remedies = remedies_of(made.hosts);
  }
  return made;
}

}  // namespace control
