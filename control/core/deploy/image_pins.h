#pragma once

// One deployment, one image: the first of its tasks that says which digest it found behind a tag
// decides what all that are handed out from then on run, however the tag moves meanwhile.

#include <optional>
#include <string>

#include "schemas/model/service.h"
#include "schemas/model/task.h"

namespace control {

/// The digest that the definition itself states ("name@sha256:…"); empty when it states a tag.
std::string stated_digest(const schemas::ContainerDefinition& container);

/// What is `known` of a deployment with what `task`, one of its tasks, has found behind tags that
/// nothing was known of yet; nothing when that is no news. Of two tasks that were handed out before
/// anything was known, each runs what it found, and the first to report decides for those after
/// them.
std::optional<schemas::ImageDigests> pin_images(const schemas::ImageDigests& known,
                                                const schemas::Task& task);

/// What a task of the deployment that is handed out now is to run of a container; empty = what its
/// image says, be that a tag or a digest.
std::string pinned_digest(const schemas::ImageDigests& known,
                          const schemas::ContainerDefinition& container);

}  // namespace control
