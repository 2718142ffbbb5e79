#pragma once

#include <string_view>

#include "control/core/loop/context.h"

namespace control {

/// Lets a sync wait for news. One that waited for the same host is answered now.
void park(Context& context, DuePoll poll);

/// Takes a waiter whose connection is gone out of the parked polls.
void forget_waiter(Context& context, std::int64_t waiter);

/// What a deregistered host hears.
inline constexpr std::string_view deregistered_message =
    "This instance was deregistered. Its identity is of no use any more: join as a new host.";

/// Answers a deregistered host's parked sync at once: it learns that it is not wanted any more.
void dismiss(Context& context, schemas::InstanceId instance);

/// A caller wants a stream of one of its tasks' containers: the host is asked for it.
void want_stream(Context& context, const StreamWanted& request);
/// The stream is open, or nobody wants it any more.
void settle_stream(Context& context, const StreamSettled& settled);

/// Answers the syncs that are due: those of this turn that do not wait, those with news, those that
/// have waited long enough. To be called when everything is decided.
void answer_polls(Context& context);

}  // namespace control
