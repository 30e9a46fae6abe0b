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
using pipeline::Capability;

class ScheduleResolver {
 public:
  ScheduleResolver(const Resolving& context, const Reader& reader, Resolved& out)
      : context_(context),
        tree_(context.tree),
        reader_(reader),
        out_(out),
        decl_(tree_.get<ast::ScheduleDecl>(tree_.root)),
        items_(context, decl_.items, "schedule",
               {"every", "cron", "continuous", "manual", "after sync of", "after", "timezone", "run", "process",
                "reprocess last", "retry", "timeout", "on", "finish within", "owner", "tags", "description"},
               {"on"}) {}

  void run() {
    schedule_.head = head_of(context_, reader_.facts(), decl_.annotations);
    schedule_.timezone = "UTC";
    read_start();
    items_.require("run", "run all");
    schedule_.finish_within = items_.duration("finish within");
    schedule_.task_timeout = items_.duration("timeout");
    read_retries();
    read_windows();
    read_alerts();
    out_.schedules.push_back(std::move(schedule_));
  }

 private:
  void need(Capability capability, NodeId node, std::string what) {
    out_.needs.push_back({capability, context_.declaration.key, tree_[node].span, std::move(what)});
  }

  // A schedule begins in one way.
  void read_start() {
    NodeId first;
    for (const char* name : {"every", "cron", "continuous", "manual", "after sync of", "after"}) {
      NodeId item = items_.find(name);
      if (!item) continue;
      if (first) {
        context_
            .report(diag::DuplicateItem, item,
                    fmt::format("a schedule has `{}` or `{}`, not both", tree_.name(first).text(), name))
            .label(context_.place(first), "given here already")
            .help("keep one of them");
        return;
      }
      first = item;
    }
    if (!first) {
      items_.require("every", "every 10 minutes");
      return;
    }
    using Start = pipeline::Schedule::Start;
    std::string_view how = tree_.name(first).text();
    if (how == "every" || how == "cron") return read_when();
    if (how == "continuous") {
      schedule_.start = Start::Continuous;
      need(Capability::ScheduleContinuous, first, "a continuous schedule");
    } else if (how == "manual") {
      schedule_.start = Start::Manual;
      need(Capability::ScheduleManual, first, "a manual schedule");
    } else {
      schedule_.start = Start::After;
      schedule_.after = items_.text(how).folded();
      schedule_.after_sync = how == "after sync of";
      need(Capability::ScheduleAfter, first, fmt::format("a schedule that runs `{}`", how));
      if (schedule_.after_sync) check_synced(items_.value(how));
    }
    if (NodeId zone = items_.find("timezone")) {
      context_.report(diag::BadZone, zone, fmt::format("a schedule that is `{}` has no hour", how))
          .help("take `timezone` out");
    }
  }

  // Somebody else says when it is done: only what he loads can be waited for.
  void check_synced(NodeId node) {
    const pipeline::Source* source = reader_.source(schedule_.after);
    if (!source) {
      context_.report(diag::UnknownSource, node, fmt::format("there is no source `{}`", schedule_.after.text()))
          .about(schedule_.after.folded())
          .help(did_you_mean(schedule_.after.text(), reader_.source_names()));
    } else if (source->kind.text() != "external" && !source->kind.empty()) {
      context_
          .report(diag::BadName, node,
                  fmt::format("`{}` is not loaded by somebody else, so no sync of it ends", schedule_.after.text()))
          .help("run `downstream of` it at a time of your own");
    }
  }

  void read_windows() {
    if (NodeId item = items_.find("process")) {
      std::string words;
      for (NodeId word : tree_.children(item)) {
        words += fmt::format("{}{}", words.empty() ? "" : " ", text_of(tree_, word).text());
      }
      bool known = words == "last complete day" || words == "last complete hour" || words == "last complete week" ||
                   words == "last complete month";
      if (!known) {
        context_.report(diag::BadWord, item, fmt::format("`process {}` is nothing that pipec knows", words))
            .help("write `process last complete day` (or hour, week, month)");
      }
      schedule_.process = Symbol::of(words);
      need(Capability::ScheduleWindow, item, "`process`");
    }
    if (NodeId item = items_.find("reprocess last")) {
      schedule_.reprocess = items_.duration("reprocess last");
      need(Capability::ScheduleWindow, item, "`reprocess`");
    }
  }

  // on failure, late alert slack secret('x')
  void read_alerts() {
    for (NodeId item : items_.all("on")) {
      auto children = tree_.children(item);
      pipeline::Alert read;
      read.span = tree_[item].span;
      for (NodeId word : tree_.list(children[0])) {
        read.events.push_back(
            one_of_words(context_, word, "event", {"failure", "late", "success", "start", "quarantine"}));
      }
      if (children.size() < 2) continue;
      auto alert = tree_.children(children[1]);
      Symbol channel = one_of_words(context_, alert[0], "channel", {"slack", "email", "teams", "pagerduty", "webhook"});
      if (alert.size() < 2 && !channel.empty() && channel.text() != "email") {
        context_.report(diag::BadCredential, alert[0], fmt::format("`alert {}` has no secret", channel.text()))
            .help(fmt::format("write where its address is found: `alert {} secret('alerts')`", channel.text()));
      }
      read.channel = channel;
      if (alert.size() >= 2) read.secret = text_of(tree_, alert[1]);
      schedule_.alerts.push_back(std::move(read));
      need(Capability::ScheduleAlert, item, "an alert");
    }
  }

  void read_when() {
    NodeId every = items_.value("every"), cron = items_.value("cron"), zone = items_.value("timezone");
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
