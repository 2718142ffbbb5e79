#include "api/stowage.h"
#include "control/cli/command/session.h"
#include "control/cli/verbs/verbs.h"
#include "control/cli/verbs/words.h"

namespace cli {

namespace {

void print_bill(Session& session, const api::GetBillResponse& bill) {
  if (bill.lines.empty()) {
    session.say("nothing was used of the shared pool in this period");
    return;
  }
  Table table({{.title = "TASK"},
               {.title = "SERVICE"},
               {.title = "FAMILY"},
               {.title = "CPU", .align = Align::right},
               {.title = "MIB", .align = Align::right},
               {.title = "SECONDS", .align = Align::right},
               {.title = "CPU USED MS", .align = Align::right},
               {.title = "PEAK MIB", .align = Align::right},
               {.title = bill.currency, .align = Align::right}});
  for (const api::BillLine& line : bill.lines) {
    table.add({short_name(line.task_arn).substr(0, 12), line.service_name.value_or("-"),
               line.family.value_or("-"), std::to_string(line.cpu), std::to_string(line.memory),
               std::to_string(line.billed_seconds) + (line.stopped_at ? "" : "+"),
               std::to_string(line.cpu_time_used_ms.value_or(0)),
               std::to_string(line.memory_peak_mib.value_or(0)), line.total});
  }
  session.print(table);
  session.say("\n" + instant_text(bill.from) + " to " + instant_text(bill.to) + ": " +
              std::to_string(bill.billed_seconds) + " s, " + bill.total + " " + bill.currency);
  session.say(
      "A task is charged by the second for what it reserved, from its image pull to its\n"
      "stop, a minute at least; + marks tasks that still run.");
}

Exit bill(Session& session, const Arguments& arguments) {
  std::string query;
  for (const char* name : {"from", "to"}) {
    if (arguments.has(name)) {
      query += (query.empty() ? "" : "&") + std::string(name) + "=" +
               url_encoded(arguments.get_or(name, ""));
    }
  }
  const auto answer = session.get<api::GetBillResponse>("/v1/bill", query);
  if (!answer.ok()) {
    return session.failed(answer.error());
  }
  return session.show(answer.value().json, [&] { print_bill(session, answer.value().value); });
}

}  // namespace

std::vector<Verb> bill_verbs() {
  return {{.path = "bill",
           .summary = "What the tasks on the shared pool cost",
           .description = "The current month, or a period given as seconds since 1970 (UTC).\n"
                          "Amounts are exact: whole billionths of the currency.\n\n"
                          "Example: ecsctl bill --from $(date -d yesterday +%s)",
           .options = {{.name = "from", .value = "SECONDS", .help = "Where the period starts"},
                       {.name = "to", .value = "SECONDS", .help = "Where the period ends"}},
           .run = bill}};
}

}  // namespace cli
