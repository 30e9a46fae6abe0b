// `schedule name { ... }`: when, in which zone, how often again. What it runs is resolved over the whole graph
// (semantic/selection.h).
#include <charconv>

#include <fmt/format.h>

#include "pipeline/cron.h"
#include "semantic/items.h"
#include "semantic/resolve.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;

class ScheduleResolver {
 public:
  ScheduleResolver(const Resolving& context, const Reader& reader, Resolved& out)
      : context_(context),
        tree_(context.tree),
        reader_(reader),
        out_(out),
        decl_(tree_.get<ast::ScheduleDecl>(tree_.root)),
        items_(
            context, decl_.items, "schedule",
            {"every", "cron", "timezone", "run", "finish within", "retry", "timeout", "owner", "tags", "description"}) {
  }

  void run() {
    schedule_.head = head_of(context_, reader_.facts(), decl_.annotations);
    schedule_.timezone = "UTC";
    read_when();
    items_.require("run", "run all");
    schedule_.finish_within = items_.duration("finish within");
    schedule_.task_timeout = items_.duration("timeout");
    read_retries();
    out_.schedules.push_back(std::move(schedule_));
  }

 private:
  void read_when() {
    NodeId every = items_.value("every"), cron = items_.value("cron"), zone = items_.value("timezone");
    if (every && cron) {
      context_.report(diag::DuplicateItem, items_.find("cron"), "a schedule has `every` or `cron`, not both")
          .label(context_.place(items_.find("every")), "given here already")
          .help("keep one of them");
      return;
    }
    if (!every && !cron) {
      items_.require("every", "every 10 minutes");
      return;
    }
    std::string why;
    if (every) {
      auto duration = read_duration(context_, every);
      if (!duration) return;
      auto text = pipeline::cron_of_every(duration->seconds, &why);
      if (!text) {
        context_.report(diag::BadCron, every, why).help("choose a distance that divides an hour or a day evenly");
        return;
      }
      schedule_.cron = *text;
    } else {
      schedule_.cron = text_of(tree_, cron).text();
    }
    auto parsed = pipeline::parse_cron(schedule_.cron, &why);
    if (!parsed) {
      context_.report(diag::BadCron, cron, why).help("five fields: minute, hour, day, month, weekday: `'0 3 * * *'`");
      return;
    }
    schedule_.cron = parsed->text;
    if (zone) read_zone(zone, *parsed);
  }

  void read_zone(NodeId node, const pipeline::Cron& cron) {
    schedule_.timezone = text_of(tree_, node).text();
    if (!pipeline::valid_zone(schedule_.timezone)) {
      std::vector<std::string_view> names(pipeline::zone_names().begin(), pipeline::zone_names().end());
      context_.report(diag::BadZone, node, fmt::format("there is no time zone `{}`", schedule_.timezone))
          .help(did_you_mean(schedule_.timezone, names));
      return;
    }
    if (cron.sub_daily()) {
      context_.report(diag::BadZone, node, "a schedule that fires several times a day is in UTC")
          .help("take `timezone` out: it matters only for a fixed hour of the day");
      return;
    }
    if (auto gap = pipeline::dst_gap(cron, schedule_.timezone)) {
      context_.report(diag::DaylightSaving, node, *gap).help("choose an hour that exists on every day");
    }
  }

  void read_retries() {
    NodeId node = items_.value("retry");
    if (!node) return;
    std::string_view text = text_of(tree_, node).text();
    auto parsed = std::from_chars(text.data(), text.data() + text.size(), schedule_.retries);
    if (parsed.ec != std::errc() || schedule_.retries < 0 || schedule_.retries > 20) {
      schedule_.retries = 0;
      context_.report(diag::BadWord, node, fmt::format("`{}` is no number of retries", text)).help("write 0 to 20");
      return;
    }
    if (!schedule_.finish_within || !schedule_.task_timeout) return;
    int64_t longest = schedule_.task_timeout->seconds * (schedule_.retries + 1);
    if (longest <= schedule_.finish_within->seconds) return;
    context_
        .report(diag::RetriesPastDeadline, items_.find("retry"),
                fmt::format("{} tries of {} can last {} minutes, but the schedule is to finish within {}",
                            schedule_.retries + 1, schedule_.task_timeout->text, longest / 60,
                            schedule_.finish_within->text))
        .label(context_.place(items_.find("finish within")), "the deadline")
        .help("lower the retries or the timeout");
  }

  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  Resolved& out_;
  ast::ScheduleDecl decl_;
  Items items_;
  pipeline::Schedule schedule_;
};

}  // namespace

void resolve_schedule(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  ScheduleResolver(context, reader, out).run();
}

}  // namespace pipec::semantic
